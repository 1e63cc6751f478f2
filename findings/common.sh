# Read by each finding: . "$(dirname "$0")/common.sh"
#
#   packages NAME=VERSION...   unpacks Debian packages into $root
#   compile FILE LIBRARY...    compiles $work/FILE (.c or .cc) to $work/program
#   see COMMAND...             runs it twice; fails if either output is not $seen

set -eu

work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT

packages() {
  mkdir -p "$work/packages"
  (
    cd "$work/packages"
    for package; do
      apt-get download -qq "$package" >/dev/null 2>log || {
        cat log >&2
        echo "$0: $package is not to be had here (apt-get update?)" >&2
        exit 2
      }
    done
    for file in *.deb; do dpkg -x "$file" "$root"; done
  )
  libraries=$root/usr/lib/$(gcc -print-multiarch)
  export LD_LIBRARY_PATH="$libraries:$root/lib/$(gcc -print-multiarch)"
}

compile() {
  file=$work/$1
  shift
  case $file in
    *.cc) compiler=g++ ;;
    *) compiler=gcc ;;
  esac
  # shellcheck disable=SC2086
  $compiler -O1 -I"$root/usr/include" ${flags-} -o "$work/program" "$file" \
    -L"$libraries" "$@"
}

see() {
  for run in 1 2; do
    output=$("$@" 2>&1) || true
    if [ "$output" != "$seen" ]; then
      printf '%s: run %s saw\n%s\nand not\n%s\n' "$0" "$run" "$output" "$seen" >&2
      exit 1
    fi
  done
  printf '%s: as before\n' "$0"
}
