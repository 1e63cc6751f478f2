#ifndef BENCHMARKS_BUILD_MODE_H_
#define BENCHMARKS_BUILD_MODE_H_

namespace benchmarks {

// Whether this build is one whose times mean nothing: not optimised, or with a
// sanitizer.
constexpr bool IsSlowBuild() {
#if !defined(__OPTIMIZE__) || defined(__SANITIZE_ADDRESS__) || \
    defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) ||                                     \
    __has_feature(undefined_behavior_sanitizer)
  return true;
#endif
#endif
  return false;
}

// Says on stderr that times mean nothing, where IsSlowBuild().
void WarnOfSlowBuild();

// Whether `assert` checks anything.
constexpr bool HasAssertions() {
#if defined(NDEBUG)
  return false;
#else
  return true;
#endif
}

}  // namespace benchmarks

#endif  // BENCHMARKS_BUILD_MODE_H_
