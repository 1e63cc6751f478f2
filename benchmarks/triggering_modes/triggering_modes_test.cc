// Whether the program reads its flags and tells its results as it should; the
// numbers are made up.

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/collecting_reporter.h"
#include "benchmarks/triggering_modes/default_flags.h"
#include "benchmarks/triggering_modes/measurement.h"
#include "benchmarks/triggering_modes/results_table.h"
#include "benchmarks/workloads/named_mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Measurement Made(double micros, double cpu_micros) {
  Measurement measurement;
  measurement.seconds = micros * 1e-6;
  measurement.cpu_seconds = cpu_micros * 1e-6;
  return measurement;
}

TEST(ResultsTableTest, NothingRunPrintsNothing) {
  EXPECT_THAT(FormatResults({}), IsEmpty());
}

TEST(ResultsTableTest, ShowsOnlyWhatRan) {
  Measurements measurements;
  Measurement& level = measurements[EchoName(kEchoModes[0], 16, 4096)];
  level = Made(12.5, 11.25);
  level.counters["syscalls"] = 4.5;
  level.counters["selector_syscalls"] = 0.5;
  measurements[EchoName(kEchoModes[1], 16, 4096)] = Made(1.5, 2.5);
  measurements[EchoName(kEchoModes[2], 16, 4096)].kind =
      Measurement::Kind::kUnsupported;
  const std::string text = FormatResults(measurements);
  EXPECT_THAT(text, HasSubstr("12.50            1.50     unsupported"
                              "               -\n"));
  EXPECT_THAT(text, HasSubstr("11.25            2.50"));
  EXPECT_THAT(text, HasSubstr("4.50 (0.50)             n/a"));
  EXPECT_THAT(text, HasSubstr("  4096 B     16 pairs"));
  EXPECT_THAT(text, Not(HasSubstr(" 64 B")));
  EXPECT_THAT(text, Not(HasSubstr("Accept")));
  EXPECT_THAT(text, HasSubstr("78 % less CPU time"));
  EXPECT_THAT(text, Not(HasSubstr("; oneshot")));
}

TEST(ResultsTableTest, ComparesExclusive) {
  Measurements measurements;
  Measurement& shared = measurements[AcceptName(kAcceptModes[0], 4)];
  shared = Made(30, 40);
  shared.counters["context_switches"] = 17.25;
  Measurement& exclusive = measurements[AcceptName(kAcceptModes[1], 4)];
  exclusive = Made(20, 20);
  exclusive.counters["context_switches"] = 2.125;
  const std::string text = FormatResults(measurements);
  EXPECT_THAT(text, HasSubstr("Use exclusive where several selectors"));
  EXPECT_THAT(text, HasSubstr("50 % less CPU time"));
  EXPECT_THAT(text, HasSubstr("17.2"));
  exclusive.cpu_seconds = shared.cpu_seconds;
  EXPECT_THAT(FormatResults(measurements), HasSubstr("gained no"));
}

TEST(ResultsTableTest, FitsAHundredColumns) {
  Measurements measurements;
  for (const std::size_t bytes : kMessageBytes) {
    for (const int pairs : kPairs) {
      for (const NamedMode& mode : kEchoModes) {
        measurements[EchoName(mode, pairs, bytes)] = Made(123456.7, 123456.7);
      }
    }
  }
  for (const NamedMode& mode : kAcceptModes) {
    measurements[AcceptName(mode, kSelectors[0])] = Made(123456.7, 123456.7);
  }
  for (const std::string& line : std::vector<std::string>(
           absl::StrSplit(FormatResults(measurements), '\n'))) {
    EXPECT_LE(line.size(), 100u) << line;
  }
}

benchmark::BenchmarkReporter::Run MadeRun(double seconds) {
  benchmark::BenchmarkReporter::Run run;
  run.run_name.function_name = "made";
  run.iterations = 10;
  run.real_accumulated_time = seconds * 10;
  run.cpu_accumulated_time = seconds * 20;
  run.counters["syscalls"] = 4;
  return run;
}

TEST(CollectingReporterTest, PrefersTheMedianOfRepetitions) {
  std::ostringstream out;
  benchmark::ConsoleReporter display(benchmark::ConsoleReporter::OO_None);
  display.SetOutputStream(&out);
  CollectingReporter reporter(display);
  reporter.ReportRuns({MadeRun(1), MadeRun(5)});
  EXPECT_EQ(reporter.measurements().at("made").seconds, 5);
  auto median = MadeRun(3);
  median.run_type = benchmark::BenchmarkReporter::Run::RT_Aggregate;
  median.aggregate_name = "median";
  auto deviation = median;
  deviation.aggregate_name = "stddev";
  deviation.real_accumulated_time = 20;
  deviation.cpu_accumulated_time = 30;
  reporter.ReportRuns({median, deviation});

  const Measurement& measurement = reporter.measurements().at("made");
  EXPECT_EQ(measurement.seconds, 3);
  EXPECT_EQ(measurement.cpu_seconds, 6);
  EXPECT_EQ(measurement.deviation, 2);
  EXPECT_EQ(measurement.cpu_deviation, 3);
  EXPECT_EQ(measurement.counters.at("syscalls"), 4);
  EXPECT_EQ(measurement.kind, Measurement::Kind::kMeasured);
  EXPECT_THAT(out.str(), HasSubstr("made"));
}

TEST(CollectingReporterTest, KeepsCasesWithoutResultApart) {
  std::ostringstream out;
  benchmark::ConsoleReporter display(benchmark::ConsoleReporter::OO_None);
  display.SetOutputStream(&out);
  CollectingReporter reporter(display);
  auto unsupported = MadeRun(0);
  unsupported.run_name.function_name = "unsupported";
  unsupported.report_label = "not supported: by nobody";
  // A good repetition does not make up for one that failed.
  reporter.ReportRuns({unsupported, MadeRun(1), MadeRun(0), MadeRun(1)});
  EXPECT_EQ(reporter.measurements().at("unsupported").kind,
            Measurement::Kind::kUnsupported);
  EXPECT_EQ(reporter.measurements().at("made").kind,
            Measurement::Kind::kFailed);
}

TEST(DefaultFlagsTest, TheUsersComeLast) {
  std::string program = "program";
  std::string flag = "--benchmark_repetitions=1";
  char* argv[] = {&program[0], &flag[0], nullptr};
  const std::vector<std::string> args = WithDefaultFlags(2, argv);
  ASSERT_GE(args.size(), 2u);
  EXPECT_EQ(args.front(), program);
  EXPECT_EQ(args.back(), flag);
  EXPECT_THAT(WithDefaultFlags(0, argv), Not(IsEmpty()));
}

TEST(CasesTest, NamesAreReadable) {
  EXPECT_EQ(EchoName(kEchoModes[3], 16, 64),
            "echo/edge_oneshot/pairs:16/bytes:64");
  EXPECT_EQ(AcceptName(kAcceptModes[1], 4), "accept/exclusive/selectors:4");
}

}  // namespace
}  // namespace benchmarks
