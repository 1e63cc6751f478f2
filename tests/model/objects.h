#ifndef TESTS_MODEL_OBJECTS_H_
#define TESTS_MODEL_OBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "tests/model/script.h"
#include "tests/support/socket.h"

// The system's objects behind the slots of a script, and what can be done with
// a handle. Nothing here blocks, raises a signal, or fails for what a script
// may do: an error of the object is a result.
namespace event_selector {
namespace testing {

// A new object of `kind`; `b` is empty for one that is alone. Its buffers are
// small, where they can be, so that filling them is quick. nullopt where the
// system has no such kind.
std::optional<SocketPair> MakeObject(Kind kind);

// Whether what one end of `kind` does may reach the other end a moment later.
bool IsDelayed(Kind kind);

// Whether slots have handles of their own choice here, so that one that is
// opened again has its old number, and whether handles can be duplicated.
bool CanChooseNumbers();

// Gives `socket` the number that belongs to `slot`, which nobody else may use:
// `Place` aborts where the number is open. Where numbers cannot be chosen, it
// stays as it is.
Socket Place(Socket socket, int slot);

// Another handle, of the number that belongs to `slot`, of what `handle` is.
Socket DuplicateIntoSlot(Handle handle, int slot);

// The number that belongs to `slot` while it is empty: not open.
Handle EmptyHandle(int slot);

// Whether a selector notices each handle that is closed without `Remove` before
// its number is used again. Where it does not (S2 in docs/contract.md), a
// script removes before it closes.
bool NoticesEachClose();

enum class IoResult { kDone, kWouldBlock, kFailed };

// Each of these makes one system call. kFailed: an error or the end of the
// stream; nothing more can be done that way.
IoResult ReadOnce(Handle handle, std::size_t size);
IoResult WriteOnce(Handle handle, Kind kind, std::size_t size);

// To an eventfd: makes its next write block.
IoResult FillCounter(Handle handle);

// Sends one byte out of band, where the kind of socket has such.
void SendOneOutOfBand(Handle handle);

// ---- The oracle

struct Polled {
  Handle handle;
  Readiness readiness;  // The answer.
};

// Asks poll(2), select() on Windows, for the state of all of `polled` in one
// call. At most kSlots.
void PollAll(absl::Span<Polled> polled);

// What `PollAll` can tell.
Readiness PollableReadiness();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_OBJECTS_H_
