#ifndef TESTS_FAULTS_FAULT_H_
#define TESTS_FAULTS_FAULT_H_

#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/linux/failing_system_calls.h"

namespace event_selector {
namespace testing {

// A line of the tables of faults: a system call that fails, and what the caller
// of the selector is told.
struct Fault {
  SystemCall call;
  int error;  // A value of errno.
  absl::StatusCode code;
  // What the message says, each a part of it: which call, and why.
  std::vector<std::string> words;
};

// "EMFILE"
inline std::string ErrorName(int error) {
  const char* const name = strerrorname_np(error);
  return name != nullptr ? name : absl::StrCat(error);
}

inline std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << fault.call << " fails with " << ErrorName(fault.error);
}

// "epoll_ctl_EPOLL_CTL_ADD__ENOSPC": for the names of parameterised tests.
inline std::string FaultName(const ::testing::TestParamInfo<Fault>& info) {
  std::string name = absl::StrCat(::testing::PrintToString(info.param.call),
                                  "_", ErrorName(info.param.error));
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_FAULTS_FAULT_H_
