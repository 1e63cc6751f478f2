// Two copies of the library in one process, each in a shared object of its own,
// as plug-ins have it: what they share and what they do not must fit together.

#include <dlfcn.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/plug_ins/plug_in.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

const PlugIn& Load(const std::string& name) {
  const std::string path =
      absl::StrCat(std::getenv("TEST_SRCDIR"), "/",
                   std::getenv("TEST_WORKSPACE"), "/tests/plug_ins/", name);
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(library, nullptr) << dlerror();
  using Function = const PlugIn*();
  return *reinterpret_cast<Function*>(dlsym(library, kEntryPoint))();
}

class PlugInsTest : public ::testing::Test {
 protected:
  const PlugIn& first_ = Load("libfirst.so");
  const PlugIn& second_ = Load("libsecond.so");
};

TEST_F(PlugInsTest, AreTwoCopies) { EXPECT_NE(&first_, &second_); }

// Each thread has one number, whichever copy gave it: so the owner of a
// selector of one copy is told from a thread that the other copy has counted.
TEST_F(PlugInsTest, ThreadsAreToldApartAcrossCopies) {
  void* const selector = first_.make();
  ASSERT_NE(selector, nullptr);
  const SocketPair pair = MakeStreamPair();
  // This thread is the first that the first copy counts...
  ASSERT_EQ(first_.wait(selector), 0);
  int added = 0;
  std::thread other([&] {
    // ... and this one is the first that the second copy counts.
    void* const own = second_.make();
    EXPECT_EQ(second_.wait(own), 0);
    added = first_.add(selector, pair.a.handle());
    second_.destroy(own);
  });
  other.join();
  EXPECT_EQ(added, static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(first_.add(selector, pair.a.handle()), 0);
  first_.destroy(selector);
}

// One thread's last return is that of one selector of one copy.
TEST_F(PlugInsTest, TimesBetweenWaitsAreNotMixedUp) {
  EXPECT_EQ(first_.times_between_waits(), 0u);
  EXPECT_EQ(second_.times_between_waits(), 0u);
  EXPECT_EQ(first_.times_between_waits(), 0u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
