#include "benchmarks/peers/rust.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/harness/machine.h"

#if HAS_RUST_PEERS

#include <cstddef>
#include <cstdint>
#include <memory>

#include "benchmarks/drivers/locked_queue.h"
#include "benchmarks/peers/rust/rust_peers.h"
#include "benchmarks/postbox.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

void Check(const char* call, int error) {
  if (error != 0) event_selector::testing::DieOfError(call, error);
}

struct Mio {
  using Poller = MioPoller;
  static event_selector::Mode Mode() { return event_selector::Mode::kEdge; }
  static constexpr auto New = mio_new;
  static constexpr auto Delete = mio_delete;
  static constexpr auto Add = mio_add;
  static constexpr auto Modify = mio_modify;
  static constexpr auto Remove = mio_remove;
  static constexpr auto Wake = mio_wake;
  static constexpr auto Turn = mio_turn;
};

struct Polling {
  using Poller = PollingPoller;
  static event_selector::Mode Mode() { return event_selector::Mode::kOneshot; }
  static constexpr auto New = polling_new;
  static constexpr auto Delete = polling_delete;
  static constexpr auto Add = polling_add;
  static constexpr auto Modify = polling_modify;
  static constexpr auto Remove = polling_remove;
  static constexpr auto Wake = polling_wake;
  static constexpr auto Turn = polling_turn;
};

template <typename Library>
class RustPostbox final : public Postbox {
 public:
  RustPostbox() {
    if (poller_ == nullptr) event_selector::testing::Die("no poller");
  }
  ~RustPostbox() override { Library::Delete(poller_); }

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (queue_.Push(first + i)) Check("wake", Library::Wake(poller_));
    }
  }

  void Turn(bool waits) override {
    Check("turn", Library::Turn(
                      poller_, waits, [](void*, std::size_t) {}, nullptr));
    queue_.TakeAll(items_);
    for (const std::uint64_t item : items_) Take(item);
  }

 private:
  typename Library::Poller* const poller_ = Library::New();
  LockedQueue queue_;
  std::vector<std::uint64_t> items_;
};

template <typename Library>
class Rust final : public Driver {
 public:
  Rust() {
    if (poller_ == nullptr) event_selector::testing::Die("no poller");
  }
  ~Rust() override { Library::Delete(poller_); }

  bool Supports(event_selector::Mode mode) const override {
    return mode == Library::Mode();
  }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode /*mode*/) override {
    Check("add", Library::Add(poller_, fd, index, IsWritable(interest)));
  }

  void Change(int fd, std::uint32_t index, event_selector::Interest interest,
              event_selector::Mode /*mode*/) override {
    Check("modify", Library::Modify(poller_, fd, index, IsWritable(interest)));
  }

  void Unwatch(int fd, std::uint32_t /*index*/) override {
    Check("remove", Library::Remove(poller_, fd));
  }

  void Turn(Handler& handler, Blocking blocking) override {
    Check("turn", Library::Turn(poller_, blocking == Blocking::kYes, Deliver,
                                &handler));
  }

  void Wake() override { Check("wake", Library::Wake(poller_)); }

  std::unique_ptr<Postbox> MakePostbox() const override {
    return std::make_unique<RustPostbox<Library>>();
  }

 private:
  static bool IsWritable(event_selector::Interest interest) {
    return interest == event_selector::Interest::kWritable;
  }
  static void Deliver(void* handler, std::size_t key) {
    static_cast<Handler*>(handler)->OnReady(static_cast<std::uint32_t>(key));
  }

  typename Library::Poller* const poller_ = Library::New();
};

}  // namespace

std::vector<Contestant> RustContestants() {
  return {{"mio", [] { return std::make_unique<Rust<Mio>>(); }},
          {"polling", [] { return std::make_unique<Rust<Polling>>(); }}};
}

std::vector<LibraryVersion> RustVersions() {
  return {{"mio", mio_version()}, {"polling", polling_version()}};
}

}  // namespace benchmarks

#else

namespace benchmarks {

std::vector<Contestant> RustContestants() { return {}; }

std::vector<LibraryVersion> RustVersions() { return {}; }

}  // namespace benchmarks

#endif  // HAS_RUST_PEERS
