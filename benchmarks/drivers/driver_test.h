#ifndef BENCHMARKS_DRIVERS_DRIVER_TEST_H_
#define BENCHMARKS_DRIVERS_DRIVER_TEST_H_

#include <ostream>
#include <string>

#include "benchmarks/driver.h"
#include "gtest/gtest.h"

namespace benchmarks {

// What every driver must do, whatever it is made of. driver_test.cc defines the
// tests; a file that links it says for whom:
//
//   INSTANTIATE_TEST_SUITE_P(Standard, DriverTest,
//                            ::testing::ValuesIn(StandardContestants()),
//                            ContestantName);
//
// A mode that a driver does not support is skipped, so the instantiating file
// also says which modes there must be.
class DriverTest : public ::testing::TestWithParam<Contestant> {};

void PrintTo(const Contestant& contestant, std::ostream* out);
std::string ContestantName(const ::testing::TestParamInfo<Contestant>& info);

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_DRIVER_TEST_H_
