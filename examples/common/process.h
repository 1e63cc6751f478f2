#ifndef EXAMPLES_COMMON_PROCESS_H_
#define EXAMPLES_COMMON_PROCESS_H_

// The program as a process, where POSIX and Windows differ:
// process_<system>.cc.
namespace examples {

// To be called first: allows as many sockets as the system does, and lets a
// write to a client that is gone be an error like others.
void PrepareProcess();

// Has `stop` called when the process is told to end (SIGINT, SIGTERM; Ctrl-C on
// Windows). It may interrupt any thread, anywhere.
void OnEndOfProcess(void (*stop)(int signal));

}  // namespace examples

#endif  // EXAMPLES_COMMON_PROCESS_H_
