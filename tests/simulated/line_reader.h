#ifndef TESTS_SIMULATED_LINE_READER_H_
#define TESTS_SIMULATED_LINE_READER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"

namespace event_selector {
namespace testing {

// A small program of a user's, as an example of how one is tested with a
// simulated selector: it reads lines from several streams, edge-triggered,
// until all of them have ended. What it reads with and the clock are given to
// it, as the selector is.
class LineReader {
 public:
  struct Chunk {
    enum class Kind { kData, kWouldBlock, kEnd };
    Kind kind = Kind::kWouldBlock;
    std::string data;
  };
  // The system calls behind it.
  class Streams {
   public:
    virtual ~Streams() = default;
    virtual Chunk Read(Handle handle, std::size_t most) = 0;
    virtual void Close(Handle handle) = 0;
  };

  // Mistakes that programs make, for tests of whether a test would find them.
  enum class Mistake {
    kNone,
    kTrustsEvents,        // Takes a read without data for the end.
    kTrustsEmptyResults,  // Takes an empty result for a time that has passed.
    kReadsOnce,           // Leaves data behind, which no edge reports again.
  };

  // Gives up where nothing comes for longer than `patience`.
  LineReader(Selector& selector, Streams& streams,
             std::function<absl::Duration()> clock, absl::Duration patience,
             Mistake mistake = Mistake::kNone)
      : selector_(selector),
        streams_(streams),
        clock_(std::move(clock)),
        patience_(patience),
        mistake_(mistake) {}

  // Takes `handle` over.
  absl::Status Watch(Handle handle);

  // Returns when all streams have ended. kUnavailable: it gave up.
  absl::Status Run();

  // The lines of a handle, the last one perhaps without its end.
  const std::vector<std::string>& lines(Handle handle) {
    return lines_[handle];
  }

 private:
  struct Stream {
    Handle handle = kInvalidHandle;
    std::string line;  // Begun.
  };

  void Read(Token token);
  void Take(Stream& stream, const std::string& data);
  void End(Token token);

  Selector& selector_;
  Streams& streams_;
  const std::function<absl::Duration()> clock_;
  const absl::Duration patience_;
  const Mistake mistake_;
  TokenMap<Stream> open_;
  std::map<Handle, std::vector<std::string>> lines_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SIMULATED_LINE_READER_H_
