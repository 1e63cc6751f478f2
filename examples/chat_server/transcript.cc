#include "examples/chat_server/transcript.h"

#include <array>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "examples/chat_server/outbox.h"
#include "examples/common/start_thread.h"

namespace examples {
namespace chat {

absl::StatusOr<std::unique_ptr<Transcript>> Transcript::Open(
    const std::string& path) {
  std::ofstream file(path, std::ios::app | std::ios::binary);
  if (!file) {
    return absl::UnavailableError(absl::StrCat("cannot write to ", path));
  }
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  auto transcript =
      absl::WrapUnique(new Transcript(std::move(file), *std::move(selector)));
  absl::StatusOr<std::thread> thread =
      StartThread([transcript = transcript.get()] { transcript->WriteAll(); });
  if (!thread.ok()) return thread.status();
  transcript->thread_ = *std::move(thread);
  return transcript;
}

Transcript::~Transcript() {
  // Ends the thread's waits. What is in the mailbox stays there for it.
  selector_->Close();
  if (thread_.joinable()) thread_.join();
}

void Transcript::Add(Message message) {
  const absl::Status posted = mailbox_.Post(std::move(message));
  if (!posted.ok()) std::cerr << "transcript: " << posted << std::endl;
}

void Transcript::WriteAll() {
  std::array<event_selector::Event, 1> events;
  std::vector<Message> messages;
  for (bool is_over = false; !is_over;) {
    is_over =
        !selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok();
    // After the last wait, too: nothing comes after `Close`.
    mailbox_.TakeAll(messages);
    for (const Message& message : messages) file_ << *message;
    file_.flush();
  }
}

}  // namespace chat
}  // namespace examples
