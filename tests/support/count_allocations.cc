#include "tests/support/count_allocations.h"

#include <stdlib.h>  // posix_memalign; also defines __GLIBC__.

#if defined(_WIN32)
#include <malloc.h>  // _aligned_malloc
#endif

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "absl/base/attributes.h"
#include "absl/base/config.h"

// Sanitizers replace malloc themselves.
#if defined(__GLIBC__) && !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_LEAK_SANITIZER) &&                          \
    !defined(ABSL_HAVE_MEMORY_SANITIZER) &&                        \
    !defined(ABSL_HAVE_THREAD_SANITIZER)
#define EVENT_TESTING_COUNT_MALLOC 1
#endif

// Reached from malloc, this must not allocate when a thread first touches it,
// as a variable of a shared library otherwise may.
#if defined(__ELF__)
#define EVENT_TESTING_TLS_MODEL __attribute__((tls_model("initial-exec")))
#else
#define EVENT_TESTING_TLS_MODEL
#endif

#if defined(EVENT_TESTING_COUNT_MALLOC)
// glibc's own functions, under the names it keeps for those who replace malloc.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}
#endif

namespace event_selector {
namespace testing {
namespace {

struct Tally {
  std::size_t allocations;
  std::size_t bytes;
};
ABSL_CONST_INIT thread_local Tally tally EVENT_TESTING_TLS_MODEL = {0, 0};

// How many allocations are to pass before one fails, plus 1; 0: none is to
// fail.
ABSL_CONST_INIT thread_local std::size_t passing_until_failure
    EVENT_TESTING_TLS_MODEL = 0;

bool IsToFail() {
  return passing_until_failure != 0 && --passing_until_failure == 0;
}

void Count(std::size_t size) {
  ++tally.allocations;
  tally.bytes += size;
}

// The two below do not count. They return null where there is no memory, and
// never for a size of 0.

void* Allocate(std::size_t size) {
  if (size == 0) size = 1;
#if defined(EVENT_TESTING_COUNT_MALLOC)
  return __libc_malloc(size);
#else
  return std::malloc(size);
#endif
}

// Where there is a posix_memalign, free() takes its blocks.
void* AllocateAligned(std::size_t size, std::size_t alignment) {
  if (size == 0) size = 1;
#if defined(EVENT_TESTING_COUNT_MALLOC)
  return __libc_memalign(alignment, size);
#elif defined(_WIN32)
  return _aligned_malloc(size, alignment);
#else
  if (alignment < sizeof(void*)) alignment = sizeof(void*);
  void* block = nullptr;
  return posix_memalign(&block, alignment, size) == 0 ? block : nullptr;
#endif
}

void FreeAligned(void* block) {
#if defined(_WIN32)
  _aligned_free(block);
#else
  std::free(block);
#endif
}

void* New(std::size_t size) noexcept {
  Count(size);
  return IsToFail() ? nullptr : Allocate(size);
}

void* New(std::size_t size, std::align_val_t alignment) noexcept {
  Count(size);
  return IsToFail()
             ? nullptr
             : AllocateAligned(size, static_cast<std::size_t>(alignment));
}

// No test installs a new-handler, so none is called.
void* OrThrow(void* block) {
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

AllocationCounter::AllocationCounter()
    : allocations_before_(tally.allocations), bytes_before_(tally.bytes) {}

std::size_t AllocationCounter::allocations() const {
  return tally.allocations - allocations_before_;
}

std::size_t AllocationCounter::bytes() const {
  return tally.bytes - bytes_before_;
}

AllocationFailure::AllocationFailure(std::size_t passing) {
  passing_until_failure = passing + 1;
}

AllocationFailure::~AllocationFailure() { passing_until_failure = 0; }

bool AllocationFailure::has_failed() const {
  return passing_until_failure == 0;
}

bool CountsMalloc() {
#if defined(EVENT_TESTING_COUNT_MALLOC)
  return true;
#else
  return false;
#endif
}

}  // namespace testing
}  // namespace event_selector

namespace support = event_selector::testing;

void* operator new(std::size_t size) {
  return support::OrThrow(support::New(size));
}
void* operator new[](std::size_t size) {
  return support::OrThrow(support::New(size));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return support::New(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return support::New(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return support::OrThrow(support::New(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return support::OrThrow(support::New(size, alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment,
                   const std::nothrow_t&) noexcept {
  return support::New(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment,
                     const std::nothrow_t&) noexcept {
  return support::New(size, alignment);
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
  support::FreeAligned(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
  support::FreeAligned(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
  support::FreeAligned(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
  support::FreeAligned(block);
}
void operator delete(void* block, std::align_val_t,
                     const std::nothrow_t&) noexcept {
  support::FreeAligned(block);
}
void operator delete[](void* block, std::align_val_t,
                       const std::nothrow_t&) noexcept {
  support::FreeAligned(block);
}

#if defined(EVENT_TESTING_COUNT_MALLOC)
// free() stays glibc's, whose blocks all of these return.
extern "C" {

void* malloc(std::size_t size) noexcept {
  support::Count(size);
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  support::Count(count * size);
  return __libc_calloc(count, size);
}

void* realloc(void* block, std::size_t size) noexcept {
  support::Count(size);
  return __libc_realloc(block, size);
}

void* reallocarray(void* block, std::size_t count, std::size_t size) noexcept {
  std::size_t total = 0;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, total);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  support::Count(size);
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}

int posix_memalign(void** block, std::size_t alignment,
                   std::size_t size) noexcept {
  const bool power_of_two =
      alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!power_of_two || alignment % sizeof(void*) != 0) return EINVAL;
  void* const result = memalign(alignment, size);
  if (result == nullptr) return ENOMEM;
  *block = result;
  return 0;
}

}  // extern "C"
#endif
