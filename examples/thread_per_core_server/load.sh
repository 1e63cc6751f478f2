#!/usr/bin/env bash
# Loads the server with wrk in each of its ways to listen, and prints side by
# side how many requests it answers and how the load is spread among its
# threads:
#
#   bazel run -c opt //examples/thread_per_core_server:load
#   bazel run -c opt //examples/thread_per_core_server:load -- --duration=30s --connections=256 --threads=4
#
# --threads is the server's, by default one for each core. Since wrk takes its
# share of the cores, the numbers are for comparison with each other only. Fails
# if wrk reports an error, or if the server has counted other than wrk.
set -euo pipefail

duration=5s
connections=64
threads=$(nproc)
for argument in "$@"; do
  case $argument in
    --duration=*) duration=${argument#*=} ;;
    --connections=*) connections=${argument#*=} ;;
    --threads=*) threads=${argument#*=} ;;
    *)
      echo "load: unknown option $argument; there are --duration, --connections and --threads" >&2
      exit 2
      ;;
  esac
done

fail() {
  echo "load: $*" >&2
  exit 1
}

command -v wrk >/dev/null || fail "wrk is missing; Debian and Ubuntu have it in the package wrk"
server=examples/thread_per_core_server/thread_per_core_server
[[ -x $server ]] || fail "to be run by Bazel: bazel run -c opt //examples/thread_per_core_server:load"

directory=$(mktemp -d)
server_id=
# Whatever happens, no server is left behind.
clean_up() {
  [[ -z $server_id ]] || kill -KILL "$server_id" 2>/dev/null || true
  rm -rf "$directory"
}
trap clean_up EXIT

# number_in FILE EXPRESSION: what the parentheses in the expression match.
number_in() { sed -nE "s/$2/\1/p" "$1"; }

# The port that the server says it listens on, once it does.
await_port() {
  local port=
  until port=$(number_in "$1" '^listening on .*:([0-9]+)$') && [[ -n $port ]]; do
    kill -0 "$server_id" 2>/dev/null || fail "the server did not start"
    sleep 0.05
  done
  echo "$port"
}

# load WAY: leaves what the server printed in WAY.server, and wrk in WAY.wrk.
load() {
  local port
  : >"$directory/$1.server"  # It is looked into before the server writes.
  "$server" --listen="$1" --threads="$threads" >"$directory/$1.server" &
  server_id=$!
  port=$(await_port "$directory/$1.server")
  # One thread of wrk is enough for what all of the server's can answer.
  wrk --threads=1 --connections="$connections" --duration="$duration" \
    "http://127.0.0.1:$port/" >"$directory/$1.wrk" || fail "wrk failed: $(<"$directory/$1.wrk")"
  kill -TERM "$server_id"
  wait "$server_id" || fail "the server ended with status $?"
  server_id=
}

# check WAY: whether wrk was content, and the server counted the same.
check() {
  local wrk=$directory/$1.wrk server=$directory/$1.server
  if grep -E 'Socket errors|Non-2xx' "$wrk"; then fail "wrk reports errors with --listen=$1"; fi
  local received answered accepted
  received=$(number_in "$wrk" '^ *([0-9]+) requests in .*$')
  accepted=$(number_in "$server" '^served ([0-9]+) connections.*$')
  answered=$(number_in "$server" '^served .* ([0-9]+) requests$')
  ((${received:-0} > 0)) || fail "wrk got no answer with --listen=$1"
  # wrk leaves without the last answer of some connections.
  ((${answered:-0} >= received && answered <= received + connections)) ||
    fail "wrk received $received answers, the server gave ${answered:-none} with --listen=$1"
  # It also tries the address once before it begins.
  ((${accepted:-0} >= connections && accepted <= connections + 1)) ||
    fail "wrk opened $connections connections, the server accepted ${accepted:-none} with --listen=$1"
}

# row TITLE FILE EXPRESSION: what is found in the files of all ways.
row() {
  printf '%-24s' "$1"
  local way
  for way in "${ways[@]}"; do printf ' %12s' "$(number_in "$directory/$way.$2" "$3")"; done
  printf '\n'
}

ways=(reuseport exclusive rotating)
for way in "${ways[@]}"; do
  load "$way"
  check "$way"
done

printf '%-24s' "--listen="
printf ' %12s' "${ways[@]}"
printf '\n'
row "requests/s" wrk '^Requests\/sec: *([0-9.]+)$'
row "latency, mean" wrk '^ *Latency +([0-9.a-z]+) .*$'
row "latency, longest" wrk '^ *Latency +[0-9.a-z]+ +[0-9.a-z]+ +([0-9.a-z]+) .*$'
for ((thread = 0; thread < threads; ++thread)); do
  row "thread $thread: connections" server "^thread $thread: ([0-9]+) connections.*\$"
  row "thread $thread: requests" server "^thread $thread: .* ([0-9]+) requests\$"
done
