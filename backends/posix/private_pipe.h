#ifndef BACKENDS_POSIX_PRIVATE_PIPE_H_
#define BACKENDS_POSIX_PRIVATE_PIPE_H_

namespace event_selector {
namespace posix {

// Makes a pipe whose ends do not block and are closed in a program that is
// started: `ends[0]` is to be read, `ends[1]` to be written. Returns 0, or -1
// with `errno` set, as pipe(2) does. (On systems without pipe2(2), a child that
// another thread forks in between inherits the ends across exec.)
int MakePrivatePipe(int ends[2]);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_PRIVATE_PIPE_H_
