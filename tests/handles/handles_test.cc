#include "tests/handles/handles_test.h"

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/contract/contract_test.h"

namespace event_selector {
namespace testing {
namespace {

constexpr std::uint64_t kToken = 7;

constexpr char kByRequests[] = "io_uring_requests";

std::string ReadinessIn(const std::vector<Event>& events) {
  if (events.empty()) return "nothing";
  EXPECT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].token, Token(kToken));
  return absl::StrReplaceAll(events[0].readiness.ToString(), {{"|", "+"}});
}

}  // namespace

void HandlesTest::TearDown() {
  if (!seen_.empty()) RecordProperty("seen", seen_);
}

std::string HandlesTest::Add(Handle handle, Interest interest, Mode mode) {
  if (AsksByRequests()) {
    interest -= Interest::kPriority;
    if (mode == Mode::kLevel) mode = Mode::kOneshot;
  }
  const absl::Status added =
      selector().Add(handle, Token(kToken), interest, mode);
  if (added.ok()) {
    handle_ = handle;
    interest_ = interest;
    mode_ = mode;
    return "OK";
  }
  const bool is_its_kind = absl::StrContains(added.message(), "not pollable");
  if (absl::IsUnimplemented(added)) {
    return Note("Add", is_its_kind ? "not pollable" : "unsupported");
  }
  return Note("Add", added.ToString());
}

void HandlesTest::ModifyAgain() {
  const absl::Status modified =
      selector().Modify(handle_, Token(kToken), interest_, mode_);
  EXPECT_TRUE(modified.ok()) << modified;
}

bool HandlesTest::AsksByRequests() const {
  return GetParam().name == kByRequests;
}

void HandlesTest::Ask(Interest interest) {
  interest_ = interest;
  ModifyAgain();
}

std::string HandlesTest::See(absl::string_view label) {
  return SeeAfter(label, absl::ZeroDuration());
}

std::string HandlesTest::SeeSoon(absl::string_view label) {
  return SeeAfter(label, kForSure);
}

std::string HandlesTest::SeeFirst(absl::string_view label) {
  return Note(label, ReadinessIn(WaitFor(kForSure)));
}

std::string HandlesTest::SeeAfter(absl::string_view label,
                                  absl::Duration timeout) {
  const auto look = [this](absl::Duration how_long) {
    const std::string seen = ReadinessIn(WaitFor(how_long));
    if (mode_ == Mode::kOneshot && seen != "nothing") ModifyAgain();
    return seen;
  };
  const std::string first = look(timeout);
  const std::string second = look(absl::ZeroDuration());
  if (first == second) return Note(label, first);
  if (second == "nothing") return Note(label, absl::StrCat(first, " once"));
  return Note(label, absl::StrCat(first, ", then ", second));
}

std::string HandlesTest::Note(absl::string_view label,
                              absl::string_view words) {
  absl::StrAppend(&seen_, seen_.empty() ? "" : "; ", label, ": ", words);
  return std::string(words);
}

std::string HandlesTest::NoteResult(absl::string_view label, long result) {
  return Note(label, result < 0 ? ErrorName(errno) : absl::StrCat(result));
}

std::vector<Backend> BackendsOfThePage() {
  std::vector<Backend> chosen;
  for (const Backend& backend : AllBackendsUnderTest()) {
    if (backend.name == "epoll" || backend.name == "epoll_single_waiter" ||
        backend.is_io_uring || backend.name == "poll") {
      chosen.push_back(backend);
    }
    if (backend.is_io_uring) {
      chosen.push_back(backend);
      chosen.back().name = kByRequests;
    }
  }
  return chosen;
}

std::string ErrorName(int error) {
  switch (error) {
#define EVENT_NAME(name) \
  case name:             \
    return #name
    EVENT_NAME(EAGAIN);
    EVENT_NAME(ECONNREFUSED);
    EVENT_NAME(ECONNRESET);
    EVENT_NAME(EINVAL);
    EVENT_NAME(EIO);
    EVENT_NAME(ENETDOWN);
    EVENT_NAME(ENOBUFS);
    EVENT_NAME(ENOTCONN);
    EVENT_NAME(EPERM);
    EVENT_NAME(EPIPE);
    EVENT_NAME(ETIMEDOUT);
#undef EVENT_NAME
    default:
      return absl::StrCat("error ", error);
  }
}

}  // namespace testing
}  // namespace event_selector
