#include "benchmarks/triggering_modes/advice.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "benchmarks/triggering_modes/cases.h"
#include "benchmarks/triggering_modes/measurement.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {
namespace {

// Assumed where there is only one repetition.
constexpr double kUnknownNoise = 0.1;

// A larger standard deviation of the time is that of a busy machine.
constexpr double kBusy = 0.15;

constexpr std::size_t kWidth = 100;

// Indexes into kEchoModes and kAcceptModes.
constexpr std::size_t kLevel = 0;
constexpr std::size_t kEdge = 1;
constexpr std::size_t kOneshot = 2;
constexpr std::size_t kExclusive = 1;

std::optional<double> Median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + (values.end() - values.begin()) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

const Measurement* Find(const Measurements& measurements,
                        const std::string& name) {
  const auto found = measurements.find(name);
  const bool measured = found != measurements.end() &&
                        found->second.kind == Measurement::Kind::kMeasured;
  return measured ? &found->second : nullptr;
}

// What share of a case's time its standard deviation is, median over the cases;
// none where the cases were not repeated.
std::optional<double> Noise(const Measurements& measurements,
                            double Measurement::*time,
                            double Measurement::*deviation) {
  std::vector<double> shares;
  for (const auto& [name, measurement] : measurements) {
    if (measurement.*time > 0 && measurement.*deviation > 0) {
      shares.push_back(measurement.*deviation / measurement.*time);
    }
  }
  return Median(shares);
}

// Comparisons are of the CPU time: other processes disturb it less.
std::optional<double> CpuNoise(const Measurements& measurements) {
  return Noise(measurements, &Measurement::cpu_seconds,
               &Measurement::cpu_deviation);
}

std::optional<double> Counter(const Measurement& measurement,
                              absl::string_view name) {
  const auto found = measurement.counters.find(std::string(name));
  if (found == measurement.counters.end()) return std::nullopt;
  return found->second;
}

// How one echo mode compares with level, over the rows that have both.
struct Comparison {
  std::optional<double> cpu_ratio;    // Median of the rows' ratios.
  std::optional<double> extra_calls;  // Of the selector per message; median.
};

Comparison CompareWithLevel(const Measurements& measurements,
                            std::size_t mode) {
  std::vector<double> ratios;
  std::vector<double> extra_calls;
  for (const std::size_t bytes : kMessageBytes) {
    for (const int pairs : kPairs) {
      const Measurement* level =
          Find(measurements, EchoName(kEchoModes[kLevel], pairs, bytes));
      const Measurement* other =
          Find(measurements, EchoName(kEchoModes[mode], pairs, bytes));
      if (level == nullptr || other == nullptr) continue;
      ratios.push_back(other->cpu_seconds / level->cpu_seconds);
      const std::optional<double> before = Counter(*level, kSelectorCalls);
      const std::optional<double> after = Counter(*other, kSelectorCalls);
      if (before && after) extra_calls.push_back(*after - *before);
    }
  }
  return {Median(ratios), Median(extra_calls)};
}

// "4 % less CPU time", by a ratio of times.
std::string Difference(double ratio, double noise) {
  const double percent = std::abs(ratio - 1) * 100;
  if (std::abs(ratio - 1) <= noise) {
    return "the same CPU time within the noise";
  }
  return absl::StrFormat("%.0f %% %s CPU time", percent,
                         ratio < 1 ? "less" : "more");
}

std::string EchoAdvice(const Measurements& measurements, double noise) {
  const Comparison edge = CompareWithLevel(measurements, kEdge);
  const Comparison oneshot = CompareWithLevel(measurements, kOneshot);
  if (!edge.cpu_ratio && !oneshot.cpu_ratio) return "";

  std::string text = "Start with level, which forgives work left undone";
  if (edge.cpu_ratio) {
    absl::StrAppend(
        &text, "; edge, whose handlers must drain the socket, took ",
        Difference(*edge.cpu_ratio, noise),
        *edge.cpu_ratio > 1 + noise ? ", so it gained nothing here" : "");
  }
  if (oneshot.cpu_ratio) {
    absl::StrAppend(&text,
                    "; oneshot, for threads that share a selector, took ",
                    Difference(*oneshot.cpu_ratio, noise));
    if (oneshot.extra_calls) {
      absl::StrAppendFormat(&text, " and %.2f more system calls per message",
                            *oneshot.extra_calls);
    }
  }
  return absl::StrCat(text, ".\n");
}

// Of the row with the most selectors.
std::string AcceptAdvice(const Measurements& measurements, double noise) {
  const Measurement* shared = nullptr;
  const Measurement* exclusive = nullptr;
  int selectors = 0;
  for (const int count : kSelectors) {
    const Measurement* a =
        Find(measurements, AcceptName(kAcceptModes[kLevel], count));
    const Measurement* b =
        Find(measurements, AcceptName(kAcceptModes[kExclusive], count));
    if (a == nullptr || b == nullptr) continue;
    shared = a;
    exclusive = b;
    selectors = count;
  }
  if (exclusive == nullptr) return "";

  const double ratio = exclusive->cpu_seconds / shared->cpu_seconds;
  std::string text = absl::StrCat(
      ratio < 1 - noise
          ? "Use exclusive where several selectors watch one listening socket"
          : "Exclusive, for several selectors on one listening socket, gained "
            "no CPU time here",
      ": with ", selectors, " of them, a connection took ",
      Difference(ratio, noise));
  const std::optional<double> before = Counter(*shared, kContextSwitches);
  const std::optional<double> after = Counter(*exclusive, kContextSwitches);
  if (before && after) {
    absl::StrAppendFormat(&text, " and %.1f context switches instead of %.1f",
                          *after, *before);
  }
  return absl::StrCat(text, ".\n");
}

// Breaks `text` between words so that no line is longer than `width`.
std::string Wrap(const std::string& text, std::size_t width) {
  std::string wrapped = text;
  std::size_t line = 0;
  while (wrapped.size() - line > width) {
    const std::size_t end = wrapped.rfind(' ', line + width);
    if (end == std::string::npos || end < line) break;
    wrapped[end] = '\n';
    line = end + 1;
  }
  return wrapped;
}

}  // namespace

std::string FormatNoise(const Measurements& measurements) {
  const std::optional<double> noise =
      Noise(measurements, &Measurement::seconds, &Measurement::deviation);
  const std::optional<double> cpu_noise = CpuNoise(measurements);
  if (!noise || !cpu_noise) {
    return "One repetition each: how much the times vary is unknown "
           "(--benchmark_repetitions=5 tells).\n";
  }
  return absl::StrFormat(
      "Medians of the repetitions, whose standard deviation is %.0f %% of the "
      "time and %.0f %% of the CPU time.\n%s",
      *noise * 100, *cpu_noise * 100,
      *noise > kBusy ? "The machine was busy: the times say little, compare "
                       "the CPU times and the system calls.\n"
                     : "");
}

std::string FormatAdvice(const Measurements& measurements) {
  const double noise = CpuNoise(measurements).value_or(kUnknownNoise);
  return absl::StrCat(Wrap(EchoAdvice(measurements, noise), kWidth),
                      Wrap(AcceptAdvice(measurements, noise), kWidth));
}

}  // namespace benchmarks
