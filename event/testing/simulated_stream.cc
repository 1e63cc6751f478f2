#include "event/testing/simulated_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/simulation_core.h"
#include "event/testing/internal/stream_end.h"
#include "event/testing/simulation.h"

namespace event_selector {
namespace testing {
namespace {

// As a system call fails.
int Fail(int error) {
  errno = error;
  return -1;
}

Handle NoHandle(int error) {
  errno = error;
  return kInvalidHandle;
}

}  // namespace

SimulatedStreams::SimulatedStreams(Simulation& simulation,
                                   const SimulatedStreamOptions& options)
    : simulation_(simulation), core_(simulation.core_), options_(options) {}

SimulatedStreams::~SimulatedStreams() = default;

// ---- What the test makes

SimulatedStreams::Pair SimulatedStreams::MakePair() {
  const LockGuard lock(mutex_);
  const EndPointer program = MakeEnd(/*is_programs=*/true);
  const EndPointer peer = MakeEnd(/*is_programs=*/false);
  Link(program, peer);
  Open(program);
  Open(peer);
  return Pair{program->handle, peer->handle};
}

Handle SimulatedStreams::MakeListener(std::size_t backlog) {
  const LockGuard lock(mutex_);
  const Handle handle = simulation_.MakeHandle();
  listeners_[handle].backlog = backlog;
  return handle;
}

Handle SimulatedStreams::MakeClient(Handle listener) {
  const LockGuard lock(mutex_);
  return Join(listener, /*is_programs=*/false)->handle;
}

void SimulatedStreams::SetMostHandles(std::size_t most) {
  const LockGuard lock(mutex_);
  most_handles_ = most;
}

void SimulatedStreams::SetWindow(Handle handle, std::size_t window) {
  const LockGuard lock(mutex_);
  End* const end = Find(handle);
  if (end == nullptr) return;
  end->window = window;
  if (const EndPointer peer = end->peer.lock()) Publish(*peer);
}

void SimulatedStreams::FailNext(Call call, int error) {
  const LockGuard lock(mutex_);
  failures_[static_cast<std::size_t>(call)].push_back(error);
}

// An end that is connected to nothing and has no handle.
SimulatedStreams::EndPointer SimulatedStreams::MakeEnd(bool is_programs) const {
  auto end = std::make_shared<End>();
  end->is_programs = is_programs;
  end->window = options_.window;
  return end;
}

// Gives `end` a handle, and tells what holds for it.
void SimulatedStreams::Open(const EndPointer& end) {
  end->handle = simulation_.MakeHandle();
  ends_[end->handle] = end;
  Publish(*end);
}

void SimulatedStreams::Link(const EndPointer& a, const EndPointer& b) const {
  a->peer = b;
  b->peer = a;
}

// A new end that connects to `listener`.
SimulatedStreams::EndPointer SimulatedStreams::Join(Handle listener,
                                                    bool is_programs) {
  EndPointer client = MakeEnd(is_programs);
  const auto found = listeners_.find(listener);
  client->is_connecting = found != listeners_.end();
  Open(client);
  if (found == listeners_.end()) {
    ResetEnd(*client, ECONNREFUSED);
  } else if (!Enqueue(listener, found->second, client)) {
    found->second.connecting.push_back(client);
  }
  return client;
}

// Connects `client`, if there is room in the queue.
bool SimulatedStreams::Enqueue(Handle handle, Listener& listener,
                               const EndPointer& client) {
  if (listener.waiting.size() >= listener.backlog) return false;
  const EndPointer accepted = MakeEnd(/*is_programs=*/!client->is_programs);
  Link(client, accepted);
  client->is_connecting = false;
  Publish(*client);
  listener.waiting.push_back(accepted);
  // An edge, even if others wait already.
  simulation_.AddReadiness(handle, Readiness::kReadable);
  return true;
}

// Connects those for whom there is room now.
void SimulatedStreams::FillQueue(Handle handle, Listener& listener) {
  while (!listener.connecting.empty()) {
    const EndPointer client = listener.connecting.front().lock();
    if (client != nullptr && !Enqueue(handle, listener, client)) return;
    listener.connecting.pop_front();
  }
}

// ---- Calls

std::ptrdiff_t SimulatedStreams::Read(Handle handle, char* data,
                                      std::size_t size) {
  const LockGuard lock(mutex_);
  End* const end = FindConnection(handle);
  if (end == nullptr || Fails(Call::kRead, end)) return -1;
  if (size == 0) return 0;
  if (end->received.empty()) {
    if (end->peer_has_finished) return 0;
    if (end->error != 0) {
      const int error = end->TakeError();
      Publish(*end);
      return Fail(error);
    }
    return end->is_reset ? 0 : Fail(EAGAIN);
  }
  const std::size_t most = std::min(size, end->received.size());
  const std::size_t taken =
      end->received.Take(data, Part(options_.short_read, *end, most));
  // What a short read has left counts as come after it.
  PublishNews(*end, taken < most ? Readiness::kReadable : Readiness());
  if (const EndPointer peer = end->peer.lock()) Publish(*peer);
  return static_cast<std::ptrdiff_t>(taken);
}

std::ptrdiff_t SimulatedStreams::Write(Handle handle, const char* data,
                                       std::size_t size) {
  const LockGuard lock(mutex_);
  End* const end = FindConnection(handle);
  if (end == nullptr || Fails(Call::kWrite, end)) return -1;
  if (end->is_connecting) return Fail(EAGAIN);
  if (end->error != 0) {
    const int error = end->TakeError();
    Publish(*end);
    return Fail(error);
  }
  if (end->has_finished || end->is_reset) return Fail(EPIPE);
  if (size == 0) return 0;
  const EndPointer peer = end->peer.lock();
  if (peer == nullptr) {  // It has closed its end, and takes no more.
    ResetEnd(*end, ECONNRESET);
    return static_cast<std::ptrdiff_t>(size);
  }
  const std::size_t most = std::min(size, end->RoomToSend());
  if (most == 0) return Fail(EAGAIN);
  const std::size_t taken = Part(options_.short_write, *end, most);
  peer->received.Append(data, taken);
  // A short write means that there was no room; it has come after it.
  PublishNews(*end, taken < most ? Readiness::kWritable : Readiness());
  PublishNews(*peer, Readiness::kReadable);
  return static_cast<std::ptrdiff_t>(taken);
}

Handle SimulatedStreams::Accept(Handle handle) {
  const LockGuard lock(mutex_);
  const auto found = listeners_.find(handle);
  if (found == listeners_.end()) {
    return NoHandle(Find(handle) == nullptr ? EBADF : EINVAL);
  }
  if (Fails(Call::kAccept, nullptr)) return kInvalidHandle;
  Listener& listener = found->second;
  if (listener.waiting.empty()) return NoHandle(EAGAIN);
  if (HasNoHandleLeft()) return NoHandle(EMFILE);
  const EndPointer accepted = std::move(listener.waiting.front());
  listener.waiting.pop_front();
  Open(accepted);
  FillQueue(handle, listener);
  if (listener.waiting.empty()) {
    simulation_.ClearReadiness(handle, Readiness::kReadable);
  }
  return accepted->handle;
}

Handle SimulatedStreams::Connect(Handle listener) {
  const LockGuard lock(mutex_);
  if (Fails(Call::kConnect, nullptr)) return kInvalidHandle;
  if (HasNoHandleLeft()) return NoHandle(EMFILE);
  return Join(listener, /*is_programs=*/true)->handle;
}

int SimulatedStreams::ShutdownWrite(Handle handle) {
  const LockGuard lock(mutex_);
  End* const end = FindConnection(handle);
  if (end == nullptr) return -1;
  if (end->is_connecting || end->is_reset || end->is_over()) {
    return Fail(ENOTCONN);
  }
  end->has_finished = true;
  Publish(*end);
  if (const EndPointer peer = end->peer.lock()) {
    peer->peer_has_finished = true;
    Publish(*peer);
  }
  return 0;
}

int SimulatedStreams::Close(Handle handle) {
  const LockGuard lock(mutex_);
  if (const auto listener = listeners_.find(handle);
      listener != listeners_.end()) {
    const Listener closed = std::move(listener->second);
    listeners_.erase(listener);
    CloseListener(handle, closed);
    return 0;
  }
  const auto found = ends_.find(handle);
  if (found == ends_.end()) return Fail(EBADF);
  const EndPointer end = std::move(found->second);
  ends_.erase(found);
  ClosePeerOf(*end);
  simulation_.CloseHandle(handle);
  return 0;
}

int SimulatedStreams::ResetWhenClosed(Handle handle) {
  const LockGuard lock(mutex_);
  End* const end = FindConnection(handle);
  if (end == nullptr) return -1;
  end->resets_when_closed = true;
  return 0;
}

int SimulatedStreams::TakeError(Handle handle) {
  const LockGuard lock(mutex_);
  End* const end = Find(handle);
  if (end == nullptr) return listeners_.count(handle) > 0 ? 0 : EBADF;
  const int error = end->TakeError();
  Publish(*end);
  return error;
}

// ---- What the test asks

std::string SimulatedStreams::ReadAll(Handle handle) {
  const LockGuard lock(mutex_);
  End* const end = Find(handle);
  if (end == nullptr) return "";
  std::string all(end->received.size(), '\0');
  end->received.Take(&all[0], all.size());
  Publish(*end);
  if (const EndPointer peer = end->peer.lock()) Publish(*peer);
  return all;
}

bool SimulatedStreams::HasEnded(Handle handle) const {
  const LockGuard lock(mutex_);
  const End* const end = Find(handle);
  return end != nullptr && end->peer_has_finished && end->received.empty() &&
         !end->is_reset;
}

bool SimulatedStreams::WasReset(Handle handle) const {
  const LockGuard lock(mutex_);
  const End* const end = Find(handle);
  return end != nullptr && end->is_reset;
}

std::size_t SimulatedStreams::open_handles() const {
  const LockGuard lock(mutex_);
  return CountProgramsEnds();
}

std::size_t SimulatedStreams::waiting(Handle listener) const {
  const LockGuard lock(mutex_);
  const auto found = listeners_.find(listener);
  return found == listeners_.end()
             ? 0
             : found->second.waiting.size() + found->second.connecting.size();
}

// ---- Inside

SimulatedStreams::End* SimulatedStreams::Find(Handle handle) const {
  const auto found = ends_.find(handle);
  return found == ends_.end() ? nullptr : found->second.get();
}

// Null, and `errno` is set, if `handle` names no connection.
SimulatedStreams::End* SimulatedStreams::FindConnection(Handle handle) const {
  End* const end = Find(handle);
  if (end == nullptr) errno = listeners_.count(handle) > 0 ? ENOTCONN : EBADF;
  return end;
}

void SimulatedStreams::ResetEnd(End& end, int cause) {
  end.Reset(cause, options_.reset_discards_unread);
  Publish(end);
}

// `end` is closed: its peer learns of it.
void SimulatedStreams::ClosePeerOf(const End& end) {
  const EndPointer peer = end.peer.lock();
  if (peer == nullptr || peer->is_over()) return;
  if (end.resets_when_closed || !end.received.empty()) {
    ResetEnd(*peer, ECONNRESET);
    return;
  }
  peer->peer_has_finished = true;
  peer->peer.reset();
  Publish(*peer);
}

void SimulatedStreams::CloseListener(Handle handle, const Listener& listener) {
  for (const EndPointer& accepted : listener.waiting) {
    if (const EndPointer client = accepted->peer.lock()) {
      ResetEnd(*client, ECONNRESET);
    }
  }
  for (const std::weak_ptr<End>& connecting : listener.connecting) {
    if (const EndPointer client = connecting.lock()) {
      ResetEnd(*client, ECONNREFUSED);
    }
  }
  simulation_.CloseHandle(handle);
}

// Tells the simulation what holds for `end`.
void SimulatedStreams::Publish(const End& end) {
  if (end.handle == kInvalidHandle) return;  // Not accepted yet.
  const Readiness now = end.readiness();
  if (now != simulation_.readiness(end.handle)) {
    simulation_.SetReadiness(end.handle, now);
  }
}

// The same, where `news` has come: a change even if it held before.
void SimulatedStreams::PublishNews(const End& end, Readiness news) {
  if (end.handle == kInvalidHandle) return;
  const Readiness before = simulation_.readiness(end.handle);
  Publish(end);
  const Readiness again = before & news;
  if (!again.empty()) simulation_.AddReadiness(end.handle, again);
}

// Whether a call on `end` (null for other calls of the program) is to fail.
bool SimulatedStreams::Fails(Call call, const End* end) {
  std::deque<int>& failures = failures_[static_cast<std::size_t>(call)];
  if (failures.empty() || (end != nullptr && !end->is_programs)) return false;
  const int error = failures.front();
  failures.pop_front();
  if (error != 0) errno = error;
  return error != 0;
}

// How many of `most` bytes a call on `end` moves.
std::size_t SimulatedStreams::Part(double chance, const End& end,
                                   std::size_t most) {
  if (!end.is_programs || most <= 1) return most;
  const std::lock_guard<std::mutex> lock(core_->mutex);
  if (!core_->random.Chance(chance)) return most;
  return 1 + core_->random.Below(most - 1);
}

bool SimulatedStreams::HasNoHandleLeft() const {
  return CountProgramsEnds() >= most_handles_;
}

std::size_t SimulatedStreams::CountProgramsEnds() const {
  return static_cast<std::size_t>(
      std::count_if(ends_.begin(), ends_.end(),
                    [](const auto& end) { return end.second->is_programs; }));
}

}  // namespace testing
}  // namespace event_selector
