#ifndef TESTS_SUPPORT_PIPE_H_
#define TESTS_SUPPORT_PIPE_H_

#include <cstddef>
#include <set>

#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "tests/support/socket.h"

// What tests need of POSIX systems beyond sockets: pipes, files and
// descriptors.
//
// As in socket.h, everything made here is close-on-exec, what fails although it
// should not aborts with the reason, and nothing raises SIGPIPE. A Socket owns
// these descriptors as well, and TryRead, Drain, AwaitReadable and
// AwaitWritable work on them.
namespace event_selector {
namespace testing {

// Both ends non-blocking.
struct Pipe {
  Socket read_end;
  Socket write_end;
};
Pipe MakePipe();

// Writes all of `data`; aborts where not all of it fits or nobody can read it.
void WriteBytes(Handle handle, absl::string_view data);

// Writes until it would block and returns how many bytes that took. To make the
// pipe writable again, drain it: one byte may not be enough.
std::size_t FillPipe(Handle write_end);

// Descriptors that cannot be polled. The file is empty, open for reading and
// writing, and has no name any more.
Socket OpenRegularFile();
Socket OpenDirectory();

// Another descriptor, with the lowest free number, of the same open object.
Socket Duplicate(Handle handle);

// Makes `number` another descriptor of what `from` is, and closes what it was
// before if it was open. Whoever owned `number` owns the new descriptor. To
// reuse a number that was closed, where no other thread opens anything
// meanwhile.
void DuplicateOnto(Handle from, Handle number);

// The descriptors that are open in this process now, for comparing before and
// after. Whatever other threads open meanwhile may or may not be among them.
std::set<int> OpenDescriptors();

bool IsCloseOnExec(Handle handle);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_PIPE_H_
