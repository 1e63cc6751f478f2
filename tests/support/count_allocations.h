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

// Fails one allocation of the thread that made this object, to prove that a
// call survives it: the first `passing` ones by operator new pass, the next
// fails as it does where memory has run out (std::bad_alloc, or null), and the
// rest pass. Not malloc's. Ends with the object.
class AllocationFailure {
 public:
  explicit AllocationFailure(std::size_t passing);
  AllocationFailure(const AllocationFailure&) = delete;
  AllocationFailure& operator=(const AllocationFailure&) = delete;
  ~AllocationFailure();

  // Whether there was one to fail.
  bool has_failed() const;
};

// Does this binary count malloc and its relatives besides operator new?
bool CountsMalloc();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
