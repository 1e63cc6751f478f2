#!/usr/bin/env bash
# What //benchmarks:report runs: installs what the report needs, builds the
# program that compares, and measures. --help tells the options.
set -euo pipefail

say() { echo "report: $*" >&2; }

give_up() {
  say "$*"
  exit 1
}

if [[ -z ${BUILD_WORKSPACE_DIRECTORY-} ]]; then
  give_up "to be run by Bazel: ./bazelw run -c opt //benchmarks:report"
fi
modules=$PWD/benchmarks

# shellcheck source=bazel/offline/install.sh
source "$BUILD_WORKSPACE_DIRECTORY/bazel/offline/install.sh"

# The output base of the Bazel that runs this script: $PWD is inside of it.
bazelw() { (cd "$BUILD_WORKSPACE_DIRECTORY" && ./bazelw --output_base="${modules%%/execroot/*}" "$@"); }

for_python=(python3 python3-jinja2 python3-matplotlib python3-tqdm)
for_counts=(strace valgrind)
for_peers=(libasio-dev libev-dev libevent-dev libuv1-dev)
for_rust_peers=(cargo librust-mio-dev librust-polling-dev rustc)

install() {
  all_installed "$@" && return
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    give_up "as root, do: apt-get install $*"
  fi
  say "installing with apt-get: $*, and what they depend on"
  as_root apt-get -qq update >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
    install --yes --no-install-recommends "$@" >/dev/null
}

# Where there is no apt-get, somebody else has to install it all.
look_for() {
  local missing=()
  "$python" -c 'import jinja2, matplotlib, tqdm' 2>/dev/null ||
    missing+=("the Python 3 packages jinja2, matplotlib and tqdm")
  [[ $measures == no ]] || command -v strace >/dev/null || missing+=(strace)
  [[ $measures == no ]] || command -v valgrind >/dev/null || missing+=(valgrind)
  ((${#missing[@]} == 0)) || give_up "not found:$(printf ' %s;' "${missing[@]}") without Debian's" \
    "apt-get, please install what is missing (or leave out the other libraries with --nopeers)"
}

target=//benchmarks/peers:compare_with_peers
measures=yes
prefix=
for argument in "$@"; do
  case $argument in
    --nopeers) target=//benchmarks:compare_with_raw_calls ;;
    --peers=*) prefix=$(cd "${BUILD_WORKING_DIRECTORY:-$BUILD_WORKSPACE_DIRECTORY}" && realpath -e -- "${argument#*=}") ||
      give_up "there is no folder ${argument#*=}" ;;
    --peers) give_up "please write --peers=DIR" ;;
    --samples | --samples=* | -h | --help) measures=no ;;
  esac
done

# Debian's packages are for Debian's interpreter.
python=python3
if { command -v apt-get && command -v dpkg-query; } >/dev/null; then
  packages=("${for_python[@]}")
  [[ $measures == no ]] || packages+=("${for_counts[@]}")
  [[ $measures == no || $target != */peers:* ]] || packages+=("${for_peers[@]}")
  install "${packages[@]}"
  # Other releases have other versions, which the crate is not written for; what
  # is left out is said while building.
  if [[ $measures == yes && $target == */peers:* ]]; then
    (install "${for_rust_peers[@]}") || say "mio and polling are not installed"
  fi
  python=/usr/bin/python3
else
  look_for
fi

program=none
if [[ $measures == yes ]]; then
  say "building $target"
  bazelw build -c opt --noshow_progress --repo_env=EVENT_SELECTOR_PEERS="$prefix" "$target" >&2 ||
    give_up "$target cannot be built; --nopeers leaves the other libraries out"
  program=$(bazelw info -c opt bazel-bin 2>/dev/null)${target#/}
  program=${program/:/\/}
fi

cd "${BUILD_WORKING_DIRECTORY:-$BUILD_WORKSPACE_DIRECTORY}"
export PYTHONPATH=$modules
exec "$python" -B -m report.main --program="$program" "$@"
