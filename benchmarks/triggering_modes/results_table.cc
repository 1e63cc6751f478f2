#include "benchmarks/triggering_modes/results_table.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "benchmarks/triggering_modes/advice.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/measurement.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {
namespace {

constexpr int kLabelWidth = 32;
constexpr int kCellWidth = 16;
constexpr absl::string_view kNotRun = "-";

// What a cell says of a measurement.
using CellFormat = absl::FunctionRef<std::string(const Measurement&)>;

struct Row {
  std::string label;
  std::vector<std::string> names;  // Of the cases, a column each.
};

std::string Micros(double seconds) {
  return absl::StrFormat("%.2f", seconds * 1e6);
}

std::string Time(const Measurement& measurement) {
  return Micros(measurement.seconds);
}

std::string CpuTime(const Measurement& measurement) {
  return Micros(measurement.cpu_seconds);
}

std::string Counter(const Measurement& measurement, absl::string_view name) {
  const auto found = measurement.counters.find(std::string(name));
  return found == measurement.counters.end()
             ? "n/a"
             : absl::StrFormat("%.2f", found->second);
}

std::string Calls(const Measurement& measurement) {
  const std::string all = Counter(measurement, kSystemCalls);
  if (all == "n/a") return all;
  return absl::StrCat(all, " (", Counter(measurement, kSelectorCalls), ")");
}

std::string Cell(const Measurements& measurements, const std::string& name,
                 CellFormat format) {
  const auto found = measurements.find(name);
  if (found == measurements.end()) return std::string(kNotRun);
  switch (found->second.kind) {
    case Measurement::Kind::kUnsupported:
      return "unsupported";
    case Measurement::Kind::kFailed:
      return "failed";
    case Measurement::Kind::kMeasured:
      break;
  }
  return format(found->second);
}

// A block of the table; empty where none of its cells was run.
std::string Block(const Measurements& measurements, absl::string_view title,
                  absl::Span<const NamedMode> modes,
                  const std::vector<Row>& rows, CellFormat format) {
  std::string text = absl::StrFormat("%-*s", kLabelWidth, title);
  for (const NamedMode& mode : modes) {
    absl::StrAppendFormat(&text, "%*s", kCellWidth, mode.long_name);
  }
  text += "\n";
  bool any = false;
  for (const Row& row : rows) {
    std::string line = absl::StrFormat("%-*s", kLabelWidth, row.label);
    bool ran = false;
    for (const std::string& name : row.names) {
      ran = ran || measurements.count(name) != 0;
      absl::StrAppendFormat(&line, "%*s", kCellWidth,
                            Cell(measurements, name, format));
    }
    if (ran) absl::StrAppend(&text, line, "\n");
    any = any || ran;
  }
  return any ? absl::StrCat(text, "\n") : "";
}

std::vector<Row> EchoRows() {
  std::vector<Row> rows;
  for (const std::size_t bytes : kMessageBytes) {
    for (const int pairs : kPairs) {
      Row row;
      row.label = absl::StrFormat("  %4d B %6d pair%s", bytes, pairs,
                                  pairs == 1 ? "" : "s");
      for (const NamedMode& mode : kEchoModes) {
        row.names.push_back(EchoName(mode, pairs, bytes));
      }
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<Row> AcceptRows() {
  std::vector<Row> rows;
  for (const int selectors : kSelectors) {
    Row row;
    row.label = absl::StrFormat("  %6d selectors", selectors);
    for (const NamedMode& mode : kAcceptModes) {
      row.names.push_back(AcceptName(mode, selectors));
    }
    rows.push_back(row);
  }
  return rows;
}

std::string EchoBlocks(const Measurements& measurements) {
  const std::vector<Row> rows = EchoRows();
  const auto block = [&](absl::string_view title, CellFormat format) {
    return Block(measurements, title, kEchoModes, rows, format);
  };
  const std::string blocks =
      absl::StrCat(block("time per message, us", Time),
                   block("CPU time per message, us", CpuTime),
                   block("system calls per message (*)", Calls));
  if (blocks.empty()) return "";
  return absl::StrCat(
      "Echo: a message goes over each of the socketpairs and comes back.\n\n",
      blocks);
}

std::string AcceptBlocks(const Measurements& measurements) {
  const std::vector<Row> rows = AcceptRows();
  const auto block = [&](absl::string_view title, CellFormat format) {
    return Block(measurements, title, kAcceptModes, rows, format);
  };
  const auto counter = [](absl::string_view name) {
    return [name](const Measurement& m) { return Counter(m, name); };
  };
  const std::string blocks = absl::StrCat(
      block("time per connection, us", Time),
      block("CPU time per connection, us", CpuTime),
      block("returns of Wait per connection", counter(kWakeups)),
      block("  of these useless (**)", counter(kUselessWakeups)),
      block("context switches per connection", counter(kContextSwitches)),
      block("system calls per connection (*)", Calls));
  if (blocks.empty()) return "";
  return absl::StrCat(
      "Accept: each selector watches one listening socket, and has a thread "
      "that waits.\n\n",
      blocks);
}

}  // namespace

std::string FormatResults(const Measurements& measurements) {
  const std::string echo = EchoBlocks(measurements);
  const std::string accept = AcceptBlocks(measurements);
  if (echo.empty() && accept.empty()) return "";
  std::string text = absl::StrCat("\n", echo, accept,
                                  "(*)  Client and server together; in "
                                  "brackets, the selector's. Counted in "
                                  "a traced run.\n");
  if (!accept.empty()) {
    absl::StrAppend(
        &text,
        "     Tracing slows threads down, so that more of them come too late.\n"
        "(**) Another thread had taken the connection already.\n");
  }
  absl::StrAppend(&text, FormatNoise(measurements), "\n",
                  FormatAdvice(measurements));
  return text;
}

}  // namespace benchmarks
