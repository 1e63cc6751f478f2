#include "benchmarks/drivers/raw_io_uring.h"

#include <liburing.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::Interest;
using ::event_selector::Mode;
using ::event_selector::testing::DieOfError;

constexpr std::uint64_t kWaker = ~std::uint64_t{0};
constexpr std::uint64_t kNobody = kWaker - 1;

constexpr unsigned kSubmissions = 256;
// Its size decides how many buckets the kernel's table of requests has.
constexpr unsigned kCompletions = 4096;

int OpenRing(io_uring& ring) {
  io_uring_params parameters = {};
  parameters.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER |
                     IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
                     IORING_SETUP_R_DISABLED;
  parameters.cq_entries = kCompletions;
  return io_uring_queue_init_params(kSubmissions, &ring, &parameters);
}

class RawIoUring final : public Driver {
 public:
  RawIoUring() {
    if (const int result = OpenRing(ring_); result < 0) {
      DieOfError("io_uring_setup", -result);
    }
    if (eventfd_.fd() < 0) DieOfError("eventfd", errno);
    io_uring_sqe* const sqe = NewEntry();
    io_uring_prep_poll_multishot(sqe, eventfd_.fd(),
                                 Interest::kReadable.bits());
    sqe->user_data = kWaker;
  }
  ~RawIoUring() override { io_uring_queue_exit(&ring_); }

  bool Supports(Mode /*mode*/) const override { return true; }

  void Watch(int fd, std::uint32_t index, Interest interest,
             Mode mode) override {
    if (watched_.size() <= index) watched_.resize(index + 1);
    Watched& watched = watched_[index];
    watched.fd = fd;
    watched.is_used = true;
    watched.interest = interest;
    watched.mode = mode;
    AskLater(index);
  }

  void Change(int /*fd*/, std::uint32_t index, Interest interest,
              Mode mode) override {
    Watched& watched = watched_[index];
    if (watched.is_pending) {
      Cancel(index);
      ++watched.generation;
    }
    watched.interest = interest;
    watched.mode = mode;
    AskLater(index);
  }

  void Unwatch(int /*fd*/, std::uint32_t index) override {
    Watched& watched = watched_[index];
    watched.is_used = false;
    if (watched.is_wanted) {
      watched.is_wanted = false;
      if (wanted_.back() == index) wanted_.pop_back();
    }
    if (watched.is_pending) {
      Cancel(index);
      Enter(0);
    }
    ++watched.generation;
  }

  void Turn(Handler& handler, Blocking blocking) override {
    if (!is_enabled_) Enable();
    for (const std::uint32_t index : wanted_) Ask(index);
    wanted_.clear();
    const bool has_completions = io_uring_cq_ready(&ring_) != 0;
    if (blocking == Blocking::kYes && !has_completions) {
      Enter(1);
    } else if (unsubmitted_ != 0 ||
               (*ring_.sq.kflags &
                (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0) {
      Enter(0);
    }
    for (unsigned left = io_uring_cq_ready(&ring_); left > 0; --left) {
      const io_uring_cqe cqe =
          ring_.cq.cqes[*ring_.cq.khead & ring_.cq.ring_mask];
      io_uring_cq_advance(&ring_, 1);
      Deliver(cqe, handler);
    }
  }

  void Wake() override {
    const std::uint64_t one = 1;
    if (write(eventfd_.fd(), &one, sizeof(one)) != sizeof(one)) {
      DieOfError("write to the eventfd", errno);
    }
  }

 private:
  struct Watched {
    int fd = -1;
    std::uint32_t generation = 0;
    Interest interest;
    Mode mode;
    bool is_used = false;
    bool is_wanted = false;   // In `wanted_`.
    bool is_pending = false;  // A request is in the kernel.
  };

  // Generations wrap before they reach those of kWaker and kNobody.
  static constexpr std::uint32_t kGenerations = 0xffff;

  std::uint64_t DataOf(std::uint32_t index) const {
    return std::uint64_t{watched_[index].generation & kGenerations} << 32 |
           index;
  }

  void Enable() {
    is_enabled_ = true;
    if (const int result = io_uring_enable_rings(&ring_); result < 0) {
      DieOfError("io_uring_register", -result);
    }
  }

  void AskLater(std::uint32_t index) {
    if (watched_[index].is_wanted) return;
    watched_[index].is_wanted = true;
    wanted_.push_back(index);
  }

  void Ask(std::uint32_t index) {
    Watched& watched = watched_[index];
    if (!watched.is_wanted) return;
    watched.is_wanted = false;
    watched.is_pending = true;
    io_uring_sqe* const sqe = NewEntry();
    if (watched.mode == Mode::kEdge) {
      io_uring_prep_poll_multishot(sqe, watched.fd, watched.interest.bits());
    } else {
      io_uring_prep_poll_add(sqe, watched.fd, watched.interest.bits());
    }
    sqe->user_data = DataOf(index);
  }

  void Cancel(std::uint32_t index) {
    watched_[index].is_pending = false;
    io_uring_sqe* const sqe = NewEntry();
    io_uring_prep_poll_remove(sqe, DataOf(index));
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = kNobody;
  }

  io_uring_sqe* NewEntry() {
    if (unsubmitted_ == kSubmissions) Enter(0);
    ++unsubmitted_;
    return io_uring_get_sqe(&ring_);
  }

  // Submits what there is to submit, and waits for `completions`.
  void Enter(unsigned completions) {
    if (!is_enabled_) Enable();
    io_uring_smp_store_release(ring_.sq.ktail, ring_.sq.sqe_tail);
    ring_.sq.sqe_head = ring_.sq.sqe_tail;
    const int result =
        io_uring_enter(static_cast<unsigned>(ring_.ring_fd), unsubmitted_,
                       completions, IORING_ENTER_GETEVENTS, nullptr);
    if (result >= 0) {
      unsubmitted_ -= static_cast<unsigned>(result);
    } else if (result != -EINTR) {
      DieOfError("io_uring_enter", -result);
    }
  }

  void Deliver(const io_uring_cqe& cqe, Handler& handler) {
    // A cancelled request, and what it left behind.
    if (cqe.user_data == kWaker || cqe.user_data == kNobody) return;
    const auto index = static_cast<std::uint32_t>(cqe.user_data);
    Watched& watched = watched_[index];
    if (!watched.is_used || cqe.user_data != DataOf(index)) return;
    const bool has_more = (cqe.flags & IORING_CQE_F_MORE) != 0;
    watched.is_pending = has_more;
    if (!has_more && !watched.mode.contains(Mode::kOneshot)) AskLater(index);
    handler.OnReady(index);
  }

  io_uring ring_;
  const Descriptor eventfd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  bool is_enabled_ = false;
  unsigned unsubmitted_ = 0;
  std::vector<Watched> watched_;
  std::vector<std::uint32_t> wanted_;  // To be asked for by the next turn.
};

}  // namespace

bool HasRawIoUring() {
  io_uring ring;
  if (OpenRing(ring) < 0) return false;
  io_uring_queue_exit(&ring);
  return true;
}

std::unique_ptr<Driver> MakeRawIoUring() {
  return std::make_unique<RawIoUring>();
}

}  // namespace benchmarks
