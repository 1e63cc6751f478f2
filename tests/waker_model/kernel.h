#ifndef TESTS_WAKER_MODEL_KERNEL_H_
#define TESTS_WAKER_MODEL_KERNEL_H_

#include <cstdint>

// The kernel's part of the waker's model: an eventfd, the epoll instance that
// the selector waits on, and the one that the waker may move into, as
// fs/eventfd.c and fs/eventpoll.c have them. Every function is one step: the
// kernel holds a lock meanwhile.
namespace event_selector {
namespace testing {
namespace waker_model {

// What can be ready in the selector's queue.
using Sources = std::uint8_t;
inline constexpr Sources kEventfd = 1;  // The waker where it is at first.
inline constexpr Sources kNested = 2;   // The waker after its move.
inline constexpr Sources kUser = 4;     // A user's edge-triggered handle.
inline constexpr Sources kAllSources[] = {kEventfd, kNested, kUser};

int Count(Sources sources);

struct Kernel {
  std::uint8_t counter = 0;  // Of the eventfd; its limit stands for 2^64-2.
  std::uint8_t limit = 0;    // 0: none; the counter then stays at 1.
  Sources registered = kEventfd | kUser;
  Sources level = 0;   // Those registered without EPOLLET.
  Sources queued = 0;  // The ready list.
  // The nested queue, and whether the eventfd is in it and in its ready list.
  std::uint8_t nested_watches = 0;
  std::uint8_t nested_queued = 0;

  // write(2) to the eventfd; false for EAGAIN, at the counter's limit. Each
  // write queues the eventfd wherever it is registered: an event that is queued
  // already is not queued twice.
  bool Write();
  // read(2) of the eventfd. (EAGAIN on zero changes nothing.)
  void Read() { counter = 0; }

  // EPOLL_CTL_ADD and EPOLL_CTL_MOD with or without EPOLLET, EPOLL_CTL_DEL.
  // What is ready then is queued.
  void Register(Sources source, bool is_level);
  void Delete(Sources source);
  // EPOLL_CTL_ADD and EPOLL_CTL_MOD of the eventfd in the nested queue.
  void WatchInNested();
  // epoll_wait(2) on the nested queue, which takes its one event.
  void DrainNested() { nested_queued = 0; }

  // One of the ready list is taken for epoll_wait(2): false where it turns out
  // not to be ready, and is just dropped. What is level-triggered is queued
  // again.
  bool Take(Sources source);

 private:
  bool IsReady(Sources source) const;
};

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_KERNEL_H_
