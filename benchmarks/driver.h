#ifndef BENCHMARKS_DRIVER_H_
#define BENCHMARKS_DRIVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {

// Who is told of ready descriptors: the workload.
class Handler {
 public:
  // The descriptor watched under `index` is ready. May call any function of the
  // driver but `Turn` and `Run`.
  virtual void OnReady(std::uint32_t index) = 0;

 protected:
  ~Handler() = default;
};

// Whether `Driver::Turn` waits for something. Other timeouts are left out: most
// frameworks have them only in the form of a timer.
enum class Blocking { kNo, kYes };

// What a contestant of the comparison must do: watch descriptors, and hand each
// that is ready to a handler. A contestant is one file that implements this
// with one library, as somebody would use it who knows that library well and
// wants speed.
//
// The interface costs every contestant the same: one virtual call for each call
// below and one for each event, some two nanoseconds. Beyond that, a driver
// adds nothing to its library that a program without the driver could leave
// out.
//
// A driver watches a descriptor for readability or for writability, never for
// both. Indexes are small and chosen by the workload; one index stands for one
// descriptor at a time.
//
// Errors: a call that fails prints the reason and aborts. A benchmark that did
// not do its work has nothing to tell.
//
// Threads: `Wake` may be called from any thread, everything else from one at a
// time.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  // Leaves the watched descriptors open.
  virtual ~Driver() = default;

  // Whether `Watch` and `Change` take `mode`. What a library does not have is
  // left out of the comparison, not imitated.
  virtual bool Supports(event_selector::Mode mode) const = 0;

  // Whether the descriptor may be closed while it is watched and while another
  // process has a duplicate of it, and its number be used again.
  virtual bool AllowsCloseWhileWatched() const { return false; }

  // Starts watching `fd`, which is non-blocking and not watched. `interest`:
  // event_selector::Interest::kReadable or kWritable.
  virtual void Watch(event_selector::Handle fd, std::uint32_t index,
                     event_selector::Interest interest,
                     event_selector::Mode mode) = 0;

  // Replaces the interest and mode of a watched descriptor, and arms it again.
  // The index stays.
  virtual void Change(event_selector::Handle fd, std::uint32_t index,
                      event_selector::Interest interest,
                      event_selector::Mode mode) = 0;

  // Arms a oneshot descriptor whose event has been delivered, with the interest
  // and mode that it has.
  virtual void Rearm(event_selector::Handle fd, std::uint32_t index,
                     event_selector::Interest interest,
                     event_selector::Mode mode) {
    Change(fd, index, interest, mode);
  }

  // Ends the watching of `fd`, which is still open.
  virtual void Unwatch(event_selector::Handle fd, std::uint32_t index) = 0;

  // Asks once for what is ready and hands it to `handler`. With Blocking::kYes,
  // waits until there is something or until `Wake` is called, and delivers at
  // least one event if there is one; what it leaves, the next turn delivers.
  virtual void Turn(Handler& handler, Blocking blocking) = 0;

  // Turns that wait, one after another, until `handler` calls `Stop`. How a
  // program spends its life, so a framework's own loop stands here. Returns how
  // often it waited; kUnknown where the library does not tell.
  static constexpr std::int64_t kUnknown = -1;
  virtual std::int64_t Run(Handler& handler) {
    std::int64_t turns = 0;
    for (is_stopped_ = false; !is_stopped_; ++turns) {
      Turn(handler, Blocking::kYes);
    }
    return turns;
  }

  // For the handler: lets `Run` return. Events of the last wait may still come.
  virtual void Stop() { is_stopped_ = true; }

  // Makes a `Turn` that waits return, or else the next one.
  virtual void Wake() = 0;

  // What the library has beside the watching of descriptors, each with a loop
  // of its own; null where it has none.
  virtual std::unique_ptr<Timers> MakeTimers(std::uint32_t /*count*/) const {
    return nullptr;
  }
  virtual std::unique_ptr<Postbox> MakePostbox() const { return nullptr; }

 private:
  bool is_stopped_ = false;
};

// `wanted` if `driver` supports it, else a mode that it does: for work whose
// cost does not depend on the mode, such as registering.
inline event_selector::Mode ModeOr(event_selector::Mode wanted,
                                   const Driver& driver) {
  for (const event_selector::Mode mode :
       {wanted, event_selector::Mode::kLevel, event_selector::Mode::kOneshot}) {
    if (driver.Supports(mode)) return mode;
  }
  return event_selector::Mode::kEdge;
}

using DriverFactory = std::function<std::unique_ptr<Driver>()>;

// One of those that are compared.
struct Contestant {
  std::string name;
  DriverFactory make;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVER_H_
