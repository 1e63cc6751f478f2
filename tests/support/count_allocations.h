#ifndef TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
#define TESTS_SUPPORT_COUNT_ALLOCATIONS_H_

#include <cstddef>

// Counts memory allocations, to prove that a path has none.
//
// A binary that links this library has its global operator new and delete
// replaced, in all their forms, by ones that count and then use malloc and
// free, so that sanitizers go on checking every block. With glibc and without a
// sanitizer, malloc and its relatives count as well, whoever calls them, the C
// library included; elsewhere only operator new does: see CountsMalloc().
namespace event_selector {
namespace testing {

// What the thread that made this object has allocated since. To be used on that
// thread only. Counters neither disturb each other nor allocate.
class AllocationCounter {
 public:
  AllocationCounter();

  // How many blocks were allocated. Freeing them changes nothing.
  std::size_t allocations() const;

  // How many bytes were asked for.
  std::size_t bytes() const;

 private:
  std::size_t allocations_before_;
  std::size_t bytes_before_;
};

// Does this binary count malloc and its relatives besides operator new?
bool CountsMalloc();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
