#ifndef BENCHMARKS_TRIGGERING_MODES_ACCEPT_CASES_H_
#define BENCHMARKS_TRIGGERING_MODES_ACCEPT_CASES_H_

namespace benchmarks {

// Registers the cases in which several selectors watch one listening socket,
// where the system has the modes that they compare: one
// accept_cases_<system>.cc each.
void RegisterAccept();

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_ACCEPT_CASES_H_
