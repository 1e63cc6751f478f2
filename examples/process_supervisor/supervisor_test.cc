#include "examples/process_supervisor/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "event/selector.h"
#include "examples/process_supervisor/program.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace examples {
namespace process_supervisor {
namespace {

using ::testing::HasSubstr;

// What the programs write, a line at a time. They inherit one end.
class Lines {
 public:
  Lines() {
    if (pipe(ends_) != 0) abort();
    fcntl(ends_[0], F_SETFD, FD_CLOEXEC);
  }
  ~Lines() {
    close(ends_[0]);
    close(ends_[1]);
  }
  // For a command: "echo hello >&5".
  std::string Echo(const std::string& what) const {
    return absl::StrCat("echo ", what, " >&", ends_[1]);
  }
  // Blocks until there is one.
  std::string Next() {
    std::string line;
    char byte = 0;
    while (read(ends_[0], &byte, 1) == 1 && byte != '\n') line += byte;
    return line;
  }

 private:
  int ends_[2];
};

// A supervisor in a thread of its own.
class Supervised {
 public:
  explicit Supervised(std::vector<std::string> commands,
                      std::chrono::nanoseconds grace = std::chrono::minutes(2))
      : selector_(event_selector::Selector::Create().value()) {
    Supervisor::Delays delays;
    delays.first = std::chrono::milliseconds(1);
    delays.longest = std::chrono::milliseconds(4);
    delays.grace = grace;
    supervisor_ =
        std::make_unique<Supervisor>(*selector_, commands, delays, log_);
    thread_ = std::thread([this] { status_ = supervisor_->Run(); });
  }
  ~Supervised() { End(); }

  // Ends it as Ctrl-C does. To be called when a program has written a line: the
  // signals are watched by then. Returns what was logged.
  std::string End(int signal = SIGTERM) {
    if (thread_.joinable()) {
      kill(getpid(), signal);
      thread_.join();
      EXPECT_TRUE(status_.ok()) << status_;
    }
    return log_.str();
  }

 private:
  std::unique_ptr<event_selector::Selector> selector_;
  std::ostringstream log_;
  std::unique_ptr<Supervisor> supervisor_;
  absl::Status status_;
  std::thread thread_;
};

TEST(SupervisorTest, AProgramThatEndsIsStartedAgain) {
  Lines lines;
  Supervised supervised({lines.Echo("a") + "; exit 3"});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(lines.Next(), "a");
  const std::string log = supervised.End();
  EXPECT_THAT(log, HasSubstr("exit 3: started\n"));
  EXPECT_THAT(log, HasSubstr("exit 3: ended with exit code 3\n"));
}

TEST(SupervisorTest, EachProgramByItself) {
  Lines lines;
  Supervised supervised({"sleep 100", lines.Echo("b")});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines.Next(), "b");
  const std::string log = supervised.End(SIGINT);
  EXPECT_THAT(log, HasSubstr("sleep 100: ended with signal 15\n"));
  EXPECT_EQ(log.find("sleep 100: started"), log.rfind("sleep 100: started"));
}

TEST(SupervisorTest, SighupStartsAllAnew) {
  Lines lines;
  Supervised supervised({lines.Echo("c") + "; exec sleep 100"});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(lines.Next(), "c");
    kill(getpid(), SIGHUP);
  }
  EXPECT_EQ(lines.Next(), "c");
  EXPECT_THAT(supervised.End(), HasSubstr("ended with signal 15\n"));
}

TEST(SupervisorTest, WhoDoesNotHeedSigtermIsKilled) {
  Lines lines;
  Supervised supervised(
      {"trap '' TERM; " + lines.Echo("d") + "; while :; do sleep 1; done"},
      std::chrono::milliseconds(20));
  EXPECT_EQ(lines.Next(), "d");
  EXPECT_THAT(supervised.End(), HasSubstr("ended with signal 9\n"));
}

TEST(SupervisorTest, ACommandThatIsNotThere) {
  Lines lines;
  Supervised supervised({"no_such_program 2>/dev/null", lines.Echo("e")});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lines.Next(), "e");
  EXPECT_THAT(supervised.End(), HasSubstr("ended with exit code 127\n"));
}

TEST(BackoffTest, DoublesUntilTheProgramHasRunForAWhile) {
  using std::chrono::seconds;
  Backoff backoff(seconds(1), seconds(5));
  EXPECT_EQ(backoff.Next(seconds(0)), seconds(1));
  EXPECT_EQ(backoff.Next(seconds(5)), seconds(2));
  EXPECT_EQ(backoff.Next(seconds(0)), seconds(4));
  EXPECT_EQ(backoff.Next(seconds(0)), seconds(5));
  EXPECT_EQ(backoff.Next(seconds(0)), seconds(5));
  EXPECT_EQ(backoff.Next(seconds(6)), seconds(1));
}

}  // namespace
}  // namespace process_supervisor
}  // namespace examples
