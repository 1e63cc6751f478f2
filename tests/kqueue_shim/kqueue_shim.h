#ifndef TESTS_KQUEUE_SHIM_KQUEUE_SHIM_H_
#define TESTS_KQUEUE_SHIM_KQUEUE_SHIM_H_

#include <sys/event.h>
#include <time.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

// Plays kqueue(2) on Linux, for tests only: what the manual pages of FreeBSD,
// NetBSD, OpenBSD and macOS say of the filters READ, WRITE, EXCEPT, USER, and
// as little of VNODE as can tell files from the rest; and what the systems'
// sources do differently. It is this project's own reading of them: the tests
// here quote them clause by clause.
//
// How: a queue keeps its knotes (registrations of one filter) itself, and those
// that are active in a list, as the kernels do. It learns from epoll that
// something has happened: from one edge-triggered epoll instance for each
// filter, so that what concerns one direction does not activate the other. What
// holds is asked of poll(2) when a knote is about to be reported. Whoever waits
// sleeps in ppoll(2) on these instances and on an eventfd, which can be read
// while the list is not empty.
//
// A binary with this in it has its own close(2), dup2(2) and dup3(2), since
// closing a descriptor removes its knotes, its own shutdown(2), since Linux
// does not tell of it, and a handler of fork(2), since a child does not inherit
// a queue.
//
// Thread-safe. As a system call does, kevent() keeps signals waiting but while
// it sleeps, so that handlers may call it.
//
// What it cannot know, and so plays differently on all systems:
// - the errno of a socket's error: `fflags` is ECONNREFUSED for a TCP
// connection
//   that never was, and else ECONNRESET;
// - how much room a send buffer has;
// - that pipes go both ways (FreeBSD, OpenBSD, XNU): Linux's do not, so a read
//   end is not writable;
// - shutdown(2) of a listener, which Linux makes a closed socket. (FreeBSD
//   refuses it with ENOTCONN.)
namespace event_selector {
namespace testing {

// Whose queue is played.
enum class System {
  kFreeBsd,  // 13.
  kNetBsd7,  // 7.99, also for 8 and 9.
  kNetBsd,   // Its trunk of 2023, after 10.
  kOpenBsd,  // Of 2021.
  kMacOs,    // XNU. NOTE_LOWAT is cut down to the size of the buffer.
};
inline constexpr System kSystems[] = {System::kFreeBsd, System::kNetBsd7,
                                      System::kNetBsd, System::kOpenBsd,
                                      System::kMacOs};
// "netbsd7".
std::string NameOf(System system);
inline std::ostream& operator<<(std::ostream& out, System system) {
  return out << NameOf(system);
}

// Has the queues that are made from now on, until the end of this object, be
// those of `system`: as long as they are open. Without one: the system that the
// environment's KQUEUE_SHIM_SYSTEM names, or kFreeBsd.
class ScopedSystem {
 public:
  explicit ScopedSystem(System system);
  ScopedSystem(const ScopedSystem&) = delete;
  ScopedSystem& operator=(const ScopedSystem&) = delete;
  ~ScopedSystem();

 private:
  const System before_;
};

// What a call of kevent() was given.
struct KqueueCall {
  int changes;
  int room;
  bool has_timeout;
  timespec timeout;
};

// What real systems do, and this one without being told does not.
struct KqueueFaults {
  // One that fails with `error`, unless that is 0, after so many that pass.
  struct Refusal {
    int passing = 0;
    int error = 0;
    bool has_failed = false;
  };

  // So many calls with changes fail with EINTR after these were made.
  int interrupted_changes = 0;
  // So many waits fail with EINTR at once.
  int interrupted_waits = 0;
  // kqueue() fails with it, unless it is 0.
  int queue_error = 0;
  // A change that is not made, a call that does nothing.
  Refusal refused_change;
  Refusal refused_call;
  // So many changes of `filter` with the action `action` (0: with none, as
  // those that trigger) fail with `error` and are not made.
  struct {
    int times = 0;
    short filter = 0;
    unsigned short action = 0;
    int error = 0;
  } failing_change;
  // No wait gives out more events than so, if above 0.
  int most_entries = 0;
  // No call gives out two events of one descriptor: the other comes with a
  // later one.
  bool is_split = false;
  // The events of a call come the other way round.
  bool is_reversed = false;
  // So many waits give out an EV_ERROR entry among the events, in the middle,
  // if there is room.
  int stray_errors = 0;
  // So many waits with a time above zero return as if it were over.
  int times_over = 0;
  // Called before and after each call of kevent() in this thread, but for those
  // that it makes itself.
  std::function<void()> at_each_moment;
  // The calls of kevent() in this thread, if they are to be recorded.
  bool is_recording = false;
  std::vector<KqueueCall> calls;
};

// Has the calling thread's calls of kevent() meet `faults`, which counts down,
// until the end of this object.
class ScopedKqueueFaults {
 public:
  explicit ScopedKqueueFaults(KqueueFaults& faults);
  ScopedKqueueFaults(const ScopedKqueueFaults&) = delete;
  ScopedKqueueFaults& operator=(const ScopedKqueueFaults&) = delete;
  ~ScopedKqueueFaults();

 private:
  KqueueFaults* const before_;
};

// How often the calling thread has called kqueue() and kevent(): what would be
// system calls.
int KqueueCalls();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_KQUEUE_SHIM_H_
