#include "backends/io_uring/io_uring_selector.h"

#include <poll.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/optimization.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_core.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "backends/epoll/registration_mask.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "backends/io_uring/handle_kind.h"
#include "backends/io_uring/poll_ring.h"
#include "backends/io_uring/registration.h"
#include "backends/posix/cancellation_shield.h"
#include "backends/posix/descriptor_kind.h"
#include "backends/posix/fork_generation.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace {

using epoll::RegistrationMask;
using internal::RegistrationCall;
using io_uring::HandleFacts;
using io_uring::HandleKind;
using io_uring::Registration;

constexpr absl::string_view kName = "io_uring";

// Whether a poll request can do what is asked for. (A socket's data wake those
// who wait for priority data, too, and a request tells what woke it:
// sock_def_readable in net/core/sock.c.)
bool SuitsRing(RegistrationMask wanted) {
  return wanted.has(Mode::kEdge | Mode::kOneshot) &&
         !wanted.has(Mode::kExclusive | Mode::kKeepAwake) &&
         !wanted.interest().contains(Interest::kPriority);
}

// Whether it can for a handle of this kind. A request that goes on after its
// first completion may end without a word where it is woken by an epoll
// instance or by another ring, as an eventfd can be (io_uring/poll.c before a
// fix of 2026).
bool SuitsRing(RegistrationMask wanted, HandleKind kind) {
  return kind == HandleKind::kStream ||
         (kind == HandleKind::kObject && !io_uring::NeedsMultishot(wanted));
}

}  // namespace

class IoUringSelector::SetupLock {
 public:
  explicit SetupLock(const IoUringSelector& selector)
      ABSL_NO_THREAD_SAFETY_ANALYSIS
      : mutex_(selector.ring_.is_enabled() ? nullptr : &selector.setup_mutex_) {
    if (ABSL_PREDICT_FALSE(mutex_ != nullptr)) mutex_->Lock();
  }
  SetupLock(const SetupLock&) = delete;
  SetupLock& operator=(const SetupLock&) = delete;
  ~SetupLock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (ABSL_PREDICT_FALSE(mutex_ != nullptr)) mutex_->Unlock();
  }

 private:
  internal::Mutex* const mutex_;
};

// ---- Life

absl::StatusOr<std::unique_ptr<Selector>> IoUringSelector::Create(
    const SelectorOptions& options) {
  if (!options.single_waiter) {
    if (options.exact_backend) {
      return internal::DescribedError(
          absl::StatusCode::kInvalidArgument,
          "the io_uring backend is for SelectorOptions::single_waiter: set "
          "that, too, or leave out exact_backend");
    }
    return EpollSelector::Create(options);
  }
  // Before its life begins, which notes the process.
  if (absl::Status status = posix::WatchForks(); !status.ok()) return status;
  auto selector = absl::WrapUnique(new (std::nothrow) IoUringSelector);
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  absl::Status status = selector->Open();
  if (status.ok()) return std::unique_ptr<Selector>(std::move(selector));
  if (options.exact_backend ||
      status.code() != absl::StatusCode::kUnimplemented) {
    return status;
  }
  return SingleWaiterEpollSelector::Create(options);
}

absl::Status IoUringSelector::Open() {
  if (absl::Status status = ring_.Open(); !status.ok()) return status;
  auto set = SingleWaiterEpollSelector::Create();
  if (!set.ok()) return set.status();
  set_ = *std::move(set);
  return absl::OkStatus();
}

// The requests end here, and not when the kernel gets to it: the peer of a
// socket that is closed next sees its end. (In another thread than the ring's
// the kernel refuses, and gets to it soon.)
IoUringSelector::~IoUringSelector() {
  if (admission_.life().IsInItsProcess()) EndAllRequests();
}

void IoUringSelector::EndAllRequests() {
  if (!ring_.is_enabled() || ring_.CancelAll(io_uring::kNobodysData) != 0) {
    return;
  }
  while (ring_.Submit() == 0 && ring_.ready() != 0) {
    while (ring_.ready() != 0) ring_.Pop();
  }
}

bool IoUringSelector::Owns(Handle handle) const {
  return handle >= 0 && (handle == ring_.descriptor() ||
                         handle == set_->core().queue().descriptor() ||
                         set_->core().waker().Owns(handle));
}

absl::Status IoUringSelector::Wake() {
  return admission_.Wake([this] { return set_->core().waker().Wake(); });
}

void IoUringSelector::Close() {
  if (!admission_.Close()) return;
  // For a `Wait` on the set, and then for one on the ring.
  set_->Close();
  set_->core().waker().Wake();
}

// The ring is the thread's for ever, so the next owner gets another one.
absl::Status IoUringSelector::HandOver() {
  if (absl::Status status = admission_.CheckChange(); !status.ok()) {
    return status;
  }
  if (ring_.is_enabled()) RenewRing();
  if (absl::Status status = set_->HandOver(); !status.ok()) return status;
  return admission_.HandOver();
}

void IoUringSelector::RenewRing() {
  EndAllRequests();
  ring_.Close();
  watches_waker_ = false;
  watches_set_ = false;
  if (!ring_.Open().ok()) is_ring_lost_ = true;
  table_.ForEach([this](Handle handle, Entry entry) {
    entry->is_asked = false;
    if (entry->needs_asking()) {
      to_ask_.Append(handle, *entry.registration, table_);
    }
  });
}

absl::StatusOr<Handle> IoUringSelector::descriptor() const {
  auto descriptor = admission_.Descriptor(set_->core().queue().descriptor());
  if (!descriptor.ok()) return descriptor;
  const internal::MutexLock lock(setup_mutex_);
  is_nested_.store(true, std::memory_order_relaxed);
  Event event;
  const bool is_owner = admission_.MayWait(absl::MakeConstSpan(&event, 1));
  if (is_owner || !ring_.is_enabled()) {
    // The caller's own changes are to show at once.
    auto* const self = const_cast<IoUringSelector*>(this);
    if (absl::Status status = self->MoveAllToSet(); !status.ok()) {
      return status;
    }
  }
  return descriptor;
}

absl::string_view IoUringSelector::name() const { return kName; }

Capabilities IoUringSelector::capabilities() const {
  return set_->capabilities();
}

// ---- Where registrations are

// Whether new ones may come into the ring.
bool IoUringSelector::UsesRing() const {
  return !is_ring_lost_ && !is_nested_.load(std::memory_order_relaxed);
}

// Leaves what the next registration of the number goes on from.
void IoUringSelector::Forget(Registration& registration) {
  if (registration.is_used && registration.is_in_set) --in_set_;
  Disarm(registration);
  Registration none;
  none.next = registration.next;
  none.is_listed = registration.is_listed;
  none.generation = registration.generation;
  registration = none;
}

// Ends the request of a registration that leaves the ring, or whose handle may
// be closed next: when this returns, the kernel keeps nothing of it.
void IoUringSelector::EndRequestNow(Handle handle, Registration& registration) {
  int result = 0;
  if (registration.is_asked) {
    registration.is_asked = false;
    result = ring_.Cancel(io_uring::DataOf(handle, registration.generation),
                          io_uring::kNobodysData);
  } else if (!ring_.has_unsent()) {  // `TakeEvent` may have ended it.
    return;
  }
  do {
    if (result == 0) result = ring_.Submit();
  } while (result == 0 && ring_.has_work());
  if (result != 0) is_ring_lost_ = true;
  TakeStale();
}

void IoUringSelector::PutIntoSet(Entry entry, Token token,
                                 RegistrationMask wanted) {
  entry->is_used = true;
  entry->is_in_set = true;
  entry->wanted = wanted;
  *entry.token = token;
  ++in_set_;
}

void IoUringSelector::PutIntoRing(Handle handle, Entry entry, Token token,
                                  RegistrationMask wanted) {
  entry->is_used = true;
  entry->is_in_set = false;
  entry->wanted = wanted;
  // That of no event of the last `Wait`.
  entry->stamp = events_before_ - 1;
  *entry.token = token;
  Arm(handle, entry);
}

// Out of the ring. What fails changes nothing.
absl::Status IoUringSelector::MoveToSet(Handle handle, Entry entry, Token token,
                                        RegistrationMask wanted) {
  if (absl::Status status =
          set_->Add(handle, token, wanted.interest(), wanted.mode());
      !status.ok()) {
    return status;
  }
  EndRequestNow(handle, *entry.registration);
  Disarm(*entry.registration);
  PutIntoSet(entry, token, wanted);
  return absl::OkStatus();
}

// Those that may be reported: the others have nothing to show, and move when
// they are armed again. Stops at the first one that the kernel refuses.
absl::Status IoUringSelector::MoveAllToSet() {
  absl::Status result;
  table_.ForEach([&](Handle handle, Entry entry) {
    if (!result.ok() || entry->is_in_set || !entry->is_armed) return;
    absl::Status status = MoveToSet(handle, entry, *entry.token, entry->wanted);
    if (status.code() == absl::StatusCode::kInvalidArgument ||
        status.code() == absl::StatusCode::kUnimplemented) {
      // Closed without `Remove`, and its number perhaps used again.
      EndRequestNow(handle, *entry.registration);
      Forget(*entry.registration);
      return;
    }
    result = std::move(status);
  });
  return result;
}

// Goes on without the ring. What the kernel refuses to end, ends with it.
absl::Status IoUringSelector::LeaveRing() {
  if (absl::Status status = MoveAllToSet(); !status.ok()) return status;
  if (is_ring_lost_) ring_.Close();
  return absl::OkStatus();
}

// ---- Add

absl::Status IoUringSelector::Add(Handle handle, Token token, Interest interest,
                                  Mode mode) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (absl::Status status =
          internal::CheckRegistration(kName, epoll::EpollCore::kAllCapabilities,
                                      RegistrationCall::kAdd, interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  const SetupLock lock(*this);
  if (ABSL_PREDICT_FALSE(Owns(handle))) return internal::OwnHandleError(handle);
  const RegistrationMask wanted(interest, mode);
  const Entry entry = table_.Find(handle);
  return ABSL_PREDICT_FALSE(entry && entry->is_used)
             ? AddAgain(handle, entry, token, wanted)
             : AddNew(handle, token, wanted);
}

// `Add` of what the table does not have.
absl::Status IoUringSelector::AddNew(Handle handle, Token token,
                                     RegistrationMask wanted) {
  HandleFacts facts;
  if (SuitsRing(wanted) && UsesRing()) {
    facts = io_uring::FactsOf(handle, ring_.descriptor(),
                              set_->core().queue().descriptor());
    if (facts.kind == HandleKind::kNone) {
      return posix::BadDescriptorError("Add", handle);
    }
  }
  Entry entry = table_.Find(handle);
  if (ABSL_PREDICT_FALSE(!entry)) {
    // No table for numbers that are none, be they ever so large.
    if (facts.kind == HandleKind::kNone && !io_uring::IsOpen(handle)) {
      return posix::BadDescriptorError("Add", handle);
    }
    entry = table_.FindOrMake(handle);
    if (!entry) return internal::NoMemoryError("the table of registrations");
  }
  if (!SuitsRing(wanted, facts.kind)) {
    absl::Status status = AddToSet(handle, entry, token, wanted);
    if (status.ok()) {
      entry->is_bound_to_set = facts.kind == HandleKind::kOther;
    }
    return status;
  }
  entry->identity = facts.identity;
  entry->is_object = facts.kind == HandleKind::kObject;
  PutIntoRing(handle, entry, token, wanted);
  return absl::OkStatus();
}

absl::Status IoUringSelector::AddToSet(Handle handle, Entry entry, Token token,
                                       RegistrationMask wanted) {
  absl::Status status =
      set_->Add(handle, token, wanted.interest(), wanted.mode());
  if (status.ok()) PutIntoSet(entry, token, wanted);
  return status;
}

// `Add` of what the table has: an error, but where the handle was closed
// without `Remove` and its number used again.
ABSL_ATTRIBUTE_NOINLINE absl::Status IoUringSelector::AddAgain(
    Handle handle, Entry entry, Token token, RegistrationMask wanted) {
  if (entry->is_in_set) {
    // The kernel knows.
    absl::Status status =
        set_->Add(handle, token, wanted.interest(), wanted.mode());
    if (status.code() == absl::StatusCode::kAlreadyExists) return status;
    Forget(*entry.registration);
    if (status.ok()) PutIntoSet(entry, token, wanted);
    return status;
  }
  const HandleFacts facts = io_uring::FactsOf(
      handle, ring_.descriptor(), set_->core().queue().descriptor());
  if (facts.kind != HandleKind::kNone && facts.identity == entry->identity) {
    return internal::AlreadyRegisteredError("Add", handle);
  }
  EndRequestNow(handle, *entry.registration);
  Forget(*entry.registration);
  return AddNew(handle, token, wanted);
}

// ---- Modify

absl::Status IoUringSelector::Modify(Handle handle, Token token,
                                     Interest interest, Mode mode) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  if (absl::Status status = internal::CheckRegistration(
          kName, epoll::EpollCore::kAllCapabilities, RegistrationCall::kModify,
          interest, mode);
      ABSL_PREDICT_FALSE(!status.ok())) {
    return status;
  }
  const SetupLock lock(*this);
  const RegistrationMask wanted(interest, mode);
  const Entry entry = table_.Find(handle);
  if (ABSL_PREDICT_FALSE(!entry || !entry->is_used)) {
    return ModifyUnknown(handle, token, wanted);
  }
  return entry->is_in_set ? ModifyInSet(handle, entry, token, wanted)
                          : ModifyInRing(handle, entry, token, wanted);
}

// The kernel says why not.
ABSL_ATTRIBUTE_NOINLINE absl::Status IoUringSelector::ModifyUnknown(
    Handle handle, Token token, RegistrationMask wanted) {
  if (Owns(handle)) {
    return internal::NotRegisteredError("Modify", handle);
  }
  absl::Status status =
      set_->Modify(handle, token, wanted.interest(), wanted.mode());
  if (!status.ok()) return status;
  // It agrees where a number that was closed names the same object again.
  if (const Entry entry = table_.FindOrMake(handle)) {
    PutIntoSet(entry, token, wanted);
  }
  return status;
}

absl::Status IoUringSelector::ModifyInRing(Handle handle, Entry entry,
                                           Token token,
                                           RegistrationMask wanted) {
  const HandleKind kind =
      entry->is_object ? HandleKind::kObject : HandleKind::kStream;
  if (ABSL_PREDICT_FALSE(!UsesRing() || !SuitsRing(wanted) ||
                         !SuitsRing(wanted, kind))) {
    return MoveToSet(handle, entry, token, wanted);
  }
  if (ABSL_PREDICT_TRUE(!entry->is_armed)) {
    // A handle that is ready as soon as it is armed, again and again, costs
    // least in the set, which then tells the kernel nothing of it.
    entry->prediction.Rearmed(entry->was_ready &&
                              WasReportedLast(*entry.registration));
    if (ABSL_PREDICT_FALSE(entry->prediction.is_expected())) {
      return MoveToSet(handle, entry, token, wanted);
    }
  } else if (io_uring::NeedsMultishot(wanted) ||
             (entry->wanted == wanted && *entry.token == token)) {
    // What holds is to be told again. (A repeated `Modify` is a look at what
    // has woken nobody.)
    entry->looks_again = true;
  }
  // The stamp of a oneshot one is of another kind.
  if (entry->is_oneshot() && !wanted.has(Mode::kOneshot)) {
    entry->stamp = events_before_ - 1;
  }
  entry->wanted = wanted;
  *entry.token = token;
  Arm(handle, entry);
  return absl::OkStatus();
}

ABSL_ATTRIBUTE_NOINLINE absl::Status IoUringSelector::ModifyInSet(
    Handle handle, Entry entry, Token token, RegistrationMask wanted) {
  // (An exclusive one cannot be changed, as the kernel says.)
  if (!SuitsRing(wanted) || !UsesRing() || entry->is_bound_to_set ||
      entry->wanted.has(Mode::kExclusive)) {
    return ChangeSet(handle, entry, token, wanted);
  }
  // It came here since it was foretold to be armed in time.
  if (entry->prediction.is_expected() && entry->wanted == wanted) {
    if (!set_->IsLate(handle)) return ChangeSet(handle, entry, token, wanted);
    entry->prediction.Failed();
  }
  const HandleFacts facts = io_uring::FactsOf(
      handle, ring_.descriptor(), set_->core().queue().descriptor());
  entry->is_bound_to_set = facts.kind == HandleKind::kOther;
  if (!SuitsRing(wanted, facts.kind)) {
    return ChangeSet(handle, entry, token, wanted);
  }
  if (!set_->Remove(handle).ok()) {
    // Closed without `Remove`, and the number names something else by now.
    Forget(*entry.registration);
    return internal::NotRegisteredError("Modify", handle);
  }
  --in_set_;
  entry->identity = facts.identity;
  entry->is_object = facts.kind == HandleKind::kObject;
  PutIntoRing(handle, entry, token, wanted);
  return absl::OkStatus();
}

// `Modify` of what stays in the set.
absl::Status IoUringSelector::ChangeSet(Handle handle, Entry entry, Token token,
                                        RegistrationMask wanted) {
  absl::Status status =
      set_->Modify(handle, token, wanted.interest(), wanted.mode());
  if (status.ok()) {
    entry->wanted = wanted;
    *entry.token = token;
  } else if (!set_->IsRegistered(handle)) {
    Forget(*entry.registration);
  }
  return status;
}

// ---- Remove

absl::Status IoUringSelector::Remove(Handle handle) {
  if (ABSL_PREDICT_FALSE(!admission_.MayChange())) {
    return admission_.WhyNoChange();
  }
  const SetupLock lock(*this);
  const Entry entry = table_.Find(handle);
  if (ABSL_PREDICT_TRUE(entry && entry->is_used && !entry->is_in_set)) {
    EndRequestNow(handle, *entry.registration);
    Forget(*entry.registration);
    return absl::OkStatus();
  }
  if (Owns(handle)) return internal::NotRegisteredError("Remove", handle);
  absl::Status status = set_->Remove(handle);
  if (entry && entry->is_used && !set_->IsRegistered(handle)) {
    Forget(*entry.registration);
  }
  return status;
}

}  // namespace event_selector
