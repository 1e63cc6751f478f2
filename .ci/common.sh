# What .ci/run and .ci/full share: sourced by both, from the root of the checkout.
# shellcheck shell=bash

log=$(mktemp)
objects=$(mktemp -d)
passed=0
is_complete=false
current="the beginning"
step_names=()
step_starts=()

# Steps in the order in which they were run, with what they took.
print_times() {
  local index end
  ((${#step_names[@]} > 0)) || return 0
  printf '\nseconds  step\n'
  for index in "${!step_names[@]}"; do
    end=${step_starts[index + 1]:-$SECONDS}
    printf '%7d  %s\n' $((end - step_starts[index])) "${step_names[index]}"
  done
  printf '%7d  all\n' "$SECONDS"
}

# The result is said last, since a reader may see only the end.
finish() {
  local status=$?
  rm -rf "$log" "$objects"
  print_times
  # (A signal may end the script behind a command that succeeded.)
  if "$is_complete"; then
    printf '\n%d passed, 0 failed\n' "$passed"
  else
    printf '\nFAILED with exit status %d after %d minutes: %s\n' "$status" $((SECONDS / 60)) "$current"
  fi
}
trap finish EXIT

step() {
  current=$*
  step_names+=("$current")
  step_starts+=("$SECONDS")
  printf '\n== %s (after %d minutes)\n' "$current" $((SECONDS / 60))
}

# Runs the functions that are named: first all that may be, then `--`, then what
# the user asked for, which may be nothing.
run_steps() {
  local all=() name
  while [[ $1 != -- ]]; do
    all+=("$1")
    shift
  done
  shift
  for name in "$@"; do
    [[ " ${all[*]} " == *" $name "* ]] || {
      current="there is no step $name, only ${all[*]}"
      return 2
    }
  done
  (($# > 0)) || set -- "${all[@]}"
  for name in "$@"; do "$name"; done
  is_complete=true
}

# One action more than there are processors: many tests mostly wait.
jobs=$(($(nproc) + 1))
# No warnings of others' code.
options=(--noshow_progress --output_filter=^// --jobs="$jobs" --local_cpu_resources="$jobs")
bazel() {
  ./bazelw "$1" "${options[@]}" "${@:2}" 2>&1 | tee "$log"
}

# Objects that several workspaces compile alike. Where ~/.bazelrc names such a
# folder, that one serves.
shared_objects=()
grep -qs disk_cache ~/.bazelrc || shared_objects=(--disk_cache="$objects")

# Bazel lists every test target with its result at the end; a target that is
# skipped on this system does not count.
count_passed() {
  passed=$((passed + $(grep -cE '^//[^ ]+ +(\(cached\) )?PASSED' "$log" || true)))
}

run_tests() {
  bazel test "$@"
  count_passed
}

# Compiles the sources of the targets themselves, and not the dependencies that
# a program would have to be linked with.
compile() {
  bazel build --output_groups=compilation_outputs "$@"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

install_package() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
}

# The package of a program, unless that is there.
install() {
  command -v "$1" >/dev/null || install_package "${2:-$1}"
}

install_clang() {
  install clang
  # The sanitizers and libFuzzer, which Clang's package only recommends.
  install_package "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

# Of symbols in the runtime of Clang's AddressSanitizer gold, which Bazel takes,
# warns a hundred times for each program.
# shellcheck disable=SC2034
with_lld=(--linkopt=-fuse-ld=lld)
install_lld() { install ld.lld lld; }

install_wine() {
  install x86_64-w64-mingw32-g++-posix g++-mingw-w64-x86-64-posix
  [[ -x /usr/lib/wine/wine64 ]] || install_package wine64
}

# What the column of the clause table comes from, and what has threads.
# shellcheck disable=SC2034
windows_tests=(//event/... //backends/... //tests/{contract,iocp,stress}/...)

# After those tests.
check_windows_column() {
  step "the column of the clause table is what these tests say"
  local logs column
  logs=$(./bazelw info --config=wine bazel-testlogs 2>/dev/null)
  column=$(mktemp)
  tests/clause_table/clause_table.py --page=docs/portability.md --contract=docs/contract.md \
    --xml "$logs"/tests/contract/*/test.xml "$logs"/tests/iocp/hot_path_test/test.xml --save="$column"
  diff "$column" tests/clause_table/columns/iocp.json
  rm "$column"
}

# The compiler for another processor, and qemu.
install_cross() {
  install "$1-linux-gnu-g++" "g++-${1//_/-}-linux-gnu"
  install qemu-aarch64-static qemu-user-static
}

# What users compile by themselves.
# shellcheck disable=SC2034
library=(//event/... //backends/... //examples/...)

# Its shadow memory does not fit around the addresses that kernels with more
# random bits choose.
tsan_options=(--config=tsan)
(($(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0) <= 28)) ||
  tsan_options+=(--run_under="setarch --addr-no-randomize")

# Projects that depend on the library. Bazel 4 has no modules.
consumers() {
  local consumer
  for consumer in workspace module; do
    # (The distribution's Bazel does not know its version.)
    if [[ $consumer == module ]] && ! ./bazelw help build --long 2>/dev/null | grep enable_bzlmod >/dev/null; then continue; fi
    step "a project that depends on the library: $consumer${CC:+, with $CC}"
    tests/consumers/check "$consumer" "${shared_objects[@]}" 2>&1 | tee "$log"
    count_passed
    step "an example, copied out: $consumer${CC:+, with $CC}"
    tests/consumers/check_example "$consumer" "${shared_objects[@]}" 2>&1 | tee "$log"
    count_passed
  done
}

# The line that ctest writes for each test.
count_ctest() {
  passed=$((passed + $(grep -cE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed ' "$log" || true)))
}

install_for_cmake() {
  install c++ g++
  install cmake
  install make
  install pkg-config pkgconf
  # The tests of the contract run over the ring, too.
  install_package libabsl-dev libgmock-dev liburing-dev
  # The library is built several times from the same sources.
  install ccache
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=$objects/ccache
}

# Projects that depend on what CMake builds.
cmake_consumers() {
  install_for_cmake
  step "projects that depend on the library without Bazel"
  tests/consumers/check_cmake 2>&1 | tee "$log"
  count_ctest
}

# cmake_tests FOLDER NAME [OPTION...]: builds the tests of tests/NAME with CMake
# and Debian's Abseil and GoogleTest, and runs them.
cmake_tests() {
  local folder=$1 name=$2
  install_for_cmake
  step "tests of tests/$name, built by CMake: ${*:3}"
  cmake -S . -B "$folder" -DEVENT_SELECTOR_TESTS=ON "${@:3}" >/dev/null
  cmake --build "$folder" --parallel "$(nproc)" --target "event_selector_tests_$name" >"$log" 2>&1 || {
    cat "$log"
    return 1
  }
  (cd "$folder" && ctest --no-tests=error --output-on-failure --parallel "$jobs" --tests-regex "^tests/$name/") | tee "$log"
  count_ctest
}
