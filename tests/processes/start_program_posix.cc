#include "tests/processes/start_program_posix.h"

#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/fatal.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

extern char** environ;

namespace event_selector {
namespace testing {
namespace {

// Set by the BUILD file.
std::string ListDescriptorsProgram() {
  const char* const path = std::getenv("LIST_DESCRIPTORS");
  if (path == nullptr) Die("LIST_DESCRIPTORS does not name the program");
  return path;
}

}  // namespace

StartProgram ByFork(const std::function<void()>& prepare) {
  return [prepare](std::string program, Handle output) {
    return ChildProcess::Fork([&]() -> std::string {
      if (prepare != nullptr) prepare();
      if (dup2(output, STDOUT_FILENO) < 0) return "dup2 failed";
      char* arguments[] = {program.data(), nullptr};
      execv(program.c_str(), arguments);
      return "execv failed";
    });
  };
}

StartProgram BySpawn() {
  return [](std::string program, Handle output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    char* arguments[] = {program.data(), nullptr};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                  arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) DieOfError("posix_spawn", error);
    return ChildProcess(pid);
  };
}

std::set<int> DescriptorsInherited(const StartProgram& start) {
  Pipe pipe = MakePipe();
  ChildProcess child = start(ListDescriptorsProgram(), pipe.write_end.handle());
  pipe.write_end.Close();
  const ProcessEnd end = child.Wait();  // The list fits into the pipe.
  if (!(end == kExitedWell)) Die("the program that lists descriptors failed");
  std::set<int> descriptors;
  const std::string lines = Drain(pipe.read_end.handle());
  for (const auto line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    int descriptor = -1;
    if (!absl::SimpleAtoi(line, &descriptor)) Die(absl::StrCat("?: ", line));
    descriptors.insert(descriptor);
  }
  return descriptors;
}

}  // namespace testing
}  // namespace event_selector
