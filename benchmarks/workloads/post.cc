#include "benchmarks/workloads/post.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/driver.h"
#include "benchmarks/postbox.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/one_core.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

// Fails unless of the numbers 0, ..., items - 1 each was taken once by
// `postbox` since it had taken `taken`, with the sum `sum`.
void Check(const Postbox& postbox, std::int64_t taken, std::uint64_t sum,
           std::int64_t items) {
  const auto count = static_cast<std::uint64_t>(items);
  if (postbox.taken() - taken != items ||
      postbox.sum() - sum != count * (count - 1) / 2) {
    event_selector::testing::Die(absl::StrCat(
        "of ", items, " items, ", postbox.taken() - taken, " have come"));
  }
}

class PendingSession final : public Session {
 public:
  explicit PendingSession(const Driver& driver)
      : postbox_(driver.MakePostbox()) {}

  Counts Run(std::int64_t operations) override {
    const std::int64_t taken = postbox_->taken();
    const std::uint64_t sum = postbox_->sum();
    Counts counts;
    for (; counts.operations < operations; counts.operations += kBatch) {
      postbox_->Post(static_cast<std::uint64_t>(counts.operations), kBatch);
      postbox_->Turn(/*waits=*/false);
      ++counts.waits;
    }
    Check(*postbox_, taken, sum, counts.operations);
    return counts;
  }

 private:
  static constexpr std::int64_t kBatch = 1000;

  const std::unique_ptr<Postbox> postbox_;
};

class PingPongSession final : public Session {
 public:
  explicit PingPongSession(const Driver& driver)
      : ping_(driver.MakePostbox()),
        pong_(driver.MakePostbox()),
        thread_([this] { Answer(); }) {}
  ~PingPongSession() override {
    is_over_.store(true, std::memory_order_relaxed);
    pong_->Post(0, 1);
    thread_.join();
  }

  // Two items for each exchange.
  Counts Run(std::int64_t operations) override {
    const std::int64_t taken = ping_->taken();
    const std::uint64_t sum = ping_->sum();
    Counts counts;
    for (std::int64_t i = 0; counts.operations < operations; ++i) {
      pong_->Post(static_cast<std::uint64_t>(i), 1);
      for (; ping_->taken() == taken + i; counts.waits += 2) {
        ping_->Turn(/*waits=*/true);
      }
      counts.operations += 2;
    }
    Check(*ping_, taken, sum, counts.operations / 2);
    return counts;
  }

 private:
  // Sends back what comes.
  void Answer() {
    for (;;) {
      const std::int64_t taken = pong_->taken();
      const std::uint64_t sum = pong_->sum();
      while (pong_->taken() == taken) pong_->Turn(/*waits=*/true);
      if (is_over_.load(std::memory_order_relaxed)) return;
      ping_->Post(pong_->sum() - sum, 1);
    }
  }

  const OneCore one_core_;
  const std::unique_ptr<Postbox> ping_;
  const std::unique_ptr<Postbox> pong_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;  // Last: it uses the others from its start.
};

class ThreadsSession final : public Session {
 public:
  explicit ThreadsSession(const Driver& driver)
      : postbox_(driver.MakePostbox()) {}

  Counts Run(std::int64_t operations) override {
    const std::int64_t taken = postbox_->taken();
    const std::uint64_t sum = postbox_->sum();
    const std::int64_t share = (operations + kThreads - 1) / kThreads;
    Counts counts;
    counts.operations = kThreads * share;
    std::vector<std::thread> threads;
    for (std::int64_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, i, share] {
        postbox_->Post(static_cast<std::uint64_t>(i * share),
                       static_cast<std::uint64_t>(share));
      });
    }
    for (; postbox_->taken() < taken + counts.operations; ++counts.waits) {
      postbox_->Turn(/*waits=*/true);
    }
    for (std::thread& thread : threads) thread.join();
    Check(*postbox_, taken, sum, counts.operations);
    return counts;
  }

 private:
  static constexpr std::int64_t kThreads = 4;

  const std::unique_ptr<Postbox> postbox_;
};

class PostWorkload final : public Workload {
 public:
  explicit PostWorkload(PostForm form) : form_(form) {}

  bool Suits(const Driver& driver) const override {
    return driver.MakePostbox() != nullptr;
  }
  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    const std::unique_ptr<Driver> driver = make_driver();
    switch (form_) {
      case PostForm::kPending:
        return std::make_unique<PendingSession>(*driver);
      case PostForm::kPingPong:
        return std::make_unique<PingPongSession>(*driver);
      case PostForm::kThreads:
        return std::make_unique<ThreadsSession>(*driver);
    }
    return nullptr;
  }

 private:
  const PostForm form_;
};

}  // namespace

Case PostCase(PostForm form) {
  Case made = {
      "post", {}, "item", [=] { return std::make_unique<PostWorkload>(form); }};
  switch (form) {
    case PostForm::kPending:
      made.parameters = {{"form", "pending"}};
      break;
    case PostForm::kPingPong:
      made.parameters = {{"form", "ping_pong"}};
      break;
    case PostForm::kThreads:
      made.parameters = {{"form", "threads"}};
      break;
  }
  return made;
}

std::vector<Case> PostCases() {
  Case threads = PostCase(PostForm::kThreads);
  threads.fixed_operations = 1'000'000;
  return {PostCase(PostForm::kPending), PostCase(PostForm::kPingPong),
          std::move(threads)};
}

}  // namespace benchmarks
