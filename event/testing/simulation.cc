#include "event/testing/simulation.h"

#include <memory>
#include <mutex>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/handle_table.h"
#include "event/testing/internal/simulation_core.h"

namespace event_selector {
namespace testing {
namespace {

using internal::DescriptionId;
using internal::HandleTable;
using internal::SimulationCore;
using LockGuard = std::lock_guard<std::mutex>;

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : core_(std::make_shared<SimulationCore>(
          options.seed, options.has_other_threads,
          options.most_actions_at_one_time)) {}

Simulation::~Simulation() = default;

// ---- Handles

Handle Simulation::MakeHandle() {
  const LockGuard lock(core_->mutex);
  return core_->handles.Open(/*is_pollable=*/true);
}

Handle Simulation::MakeUnpollableHandle() {
  const LockGuard lock(core_->mutex);
  return core_->handles.Open(/*is_pollable=*/false);
}

Handle Simulation::Duplicate(Handle handle) {
  const LockGuard lock(core_->mutex);
  return core_->handles.Duplicate(handle);
}

bool Simulation::CloseHandle(Handle handle) {
  const LockGuard lock(core_->mutex);
  return core_->Close(handle);
}

bool Simulation::Reopen(Handle handle) {
  const LockGuard lock(core_->mutex);
  return core_->handles.Reopen(handle);
}

bool Simulation::IsOpen(Handle handle) const {
  const LockGuard lock(core_->mutex);
  return core_->handles.Find(handle) != HandleTable::kNothing;
}

bool Simulation::SetReadiness(Handle handle, Readiness readiness) {
  const LockGuard lock(core_->mutex);
  const DescriptionId id = core_->handles.Find(handle);
  if (id == HandleTable::kNothing) return false;
  const Readiness begun = readiness - core_->handles.readiness(id);
  core_->Change(id, readiness, begun);
  return true;
}

bool Simulation::AddReadiness(Handle handle, Readiness readiness) {
  const LockGuard lock(core_->mutex);
  const DescriptionId id = core_->handles.Find(handle);
  if (id == HandleTable::kNothing) return false;
  core_->Change(id, core_->handles.readiness(id) | readiness, readiness);
  return true;
}

bool Simulation::ClearReadiness(Handle handle, Readiness readiness) {
  const LockGuard lock(core_->mutex);
  const DescriptionId id = core_->handles.Find(handle);
  if (id == HandleTable::kNothing) return false;
  core_->Change(id, core_->handles.readiness(id) - readiness, Readiness());
  return true;
}

Readiness Simulation::readiness(Handle handle) const {
  const LockGuard lock(core_->mutex);
  const DescriptionId id = core_->handles.Find(handle);
  return id == HandleTable::kNothing ? Readiness()
                                     : core_->handles.readiness(id);
}

// ---- Time

absl::Duration Simulation::now() const {
  const LockGuard lock(core_->mutex);
  return core_->timeline.now();
}

void Simulation::At(absl::Duration time, absl::AnyInvocable<void()> action) {
  const LockGuard lock(core_->mutex);
  core_->timeline.Schedule(time, std::move(action));
  core_->NotifyAll();
}

void Simulation::After(absl::Duration delay,
                       absl::AnyInvocable<void()> action) {
  const LockGuard lock(core_->mutex);
  core_->timeline.Schedule(core_->timeline.now() + delay, std::move(action));
  core_->NotifyAll();
}

void Simulation::Advance(absl::Duration time) {
  SimulationCore::Lock lock(core_->mutex);
  core_->MoveTo(core_->timeline.now() + time, lock);
}

absl::Status Simulation::status() const {
  const LockGuard lock(core_->mutex);
  return core_->status();
}

// ---- Threads

void Simulation::AwaitBlocked(int threads) const {
  SimulationCore::Lock lock(core_->mutex);
  core_->AwaitSleepers(threads, lock);
}

}  // namespace testing
}  // namespace event_selector
