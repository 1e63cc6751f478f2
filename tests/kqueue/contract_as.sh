#!/bin/bash
# Runs the contract's tests of the kqueue backend over one system's queue, as
# tests/kqueue_shim plays it:
#   contract_as.sh SYSTEM TEST...
# (As FreeBSD's, tests/contract runs them itself.)
set -u
export KQUEUE_SHIM_SYSTEM=$1
shift
# Each of the programs would write it anew.
unset XML_OUTPUT_FILE
filter='*kqueue*'
# There a level event wakes one of the threads that wait. The others find it
# when they wait again: no event is lost (W6), but that test lets them sleep on.
[[ $KQUEUE_SHIM_SYSTEM != netbsd7 ]] || filter+=':-*.W6ALevelEventIsLeftForTheOthers/*'
status=0
for test in "$@"; do
  printf '\n=== %s as %s\n' "$test" "$KQUEUE_SHIM_SYSTEM"
  "$test" --gtest_filter="$filter" || status=1
done
exit "$status"
