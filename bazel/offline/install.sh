# Functions of bazelw for Debian and Ubuntu. Each folder bazel-N beside this
# file has what the distribution's Bazel N needs: recipe.sh, which says what to
# install and to fetch, the bazelrc for it, and repositories of our own.
# shellcheck shell=bash

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    give_up "cannot install Bazel without root or sudo"
  fi
}

liburing_build=$(dirname "${BASH_SOURCE[0]}")/../liburing.BUILD

# Sets recipe, packages, release, sources and empty_modules for a Bazel of this
# version, such as 4.2.3+ds-9.
read_recipe() {
  recipe=$(dirname "${BASH_SOURCE[0]}")/bazel-${1%%.*}
  [[ -d $recipe ]] || give_up "the distribution's Bazel is ${1%%[+-]*}, which bazelw has no recipe for"
  # shellcheck source=bazel/offline/bazel-4/recipe.sh
  source "$recipe/recipe.sh"
}

installed_version() { dpkg-query -W -f '${Version}' bazel-bootstrap 2>/dev/null || true; }

all_installed() {
  local state
  state=$(dpkg-query -W -f '${db:Status-Status} ' "$@" 2>/dev/null) && [[ ! ${state//installed /} ]]
}

candidate() { LC_ALL=C apt-cache policy bazel-bootstrap | sed -n 's/^  Candidate: \([0-9]\)/\1/p'; }

install_bazel() {
  local version
  version=$(candidate)
  if [[ -z $version ]]; then
    say "updating the package lists (apt-get update)"
    as_root apt-get -qq update >&2
    version=$(candidate)
  fi
  [[ -n $version ]] || give_up "this distribution has no package bazel-bootstrap"
  read_recipe "$version"
  say "installing with apt-get: ${packages[*]}, and what they depend on"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 \
    install --yes --no-install-recommends "${packages[@]}" >/dev/null
}

# Writes the machine's own apt sources into the folder $1, as sources of source
# packages (which few machines have), for the release that the recipe names.
write_apt_sources() {
  local names file
  # shellcheck source=/dev/null
  names=$(source /etc/os-release && echo "$VERSION_CODENAME|stable|testing|unstable|sid")
  mkdir "$1"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    [[ -e $file ]] || continue
    # Other vendors name their suites differently; theirs would only cost time.
    if [[ $file == *.sources ]]; then
      awk -v RS= -v ORS='\n\n' -v names="$names" '("\n" $0) ~ "\nSuites:([^\n]* )?(" names ")([-/ \n]|$)"' "$file" |
        sed 's/^Types:.*/Types: deb-src/'
    else
      sed -En "s/^deb[[:space:]](.* ($names)[-/ ])/deb-src \1/p" "$file"
    fi | sed -E "/^(Suites:|deb-src )/s#( )($names)([-/ ]|\$)#\1$release\3#g" >"$1/$(basename "$file")"
  done
}

# Fetches and unpacks the source packages of the recipe into the folder $1.
fetch_sources() {
  local apt row repository package sum tarball
  mkdir -p "$1/apt/lists/partial" "$1/apt/cache/archives/partial"
  cd "$1/apt" || return
  write_apt_sources parts
  apt=(apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$PWD/parts"
    -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/cache")
  # One that fails may be one that is not needed.
  "${apt[@]}" update >&2 || true
  for row in "${sources[@]}"; do
    read -r repository package sum <<<"$row"
    "${apt[@]}" source --download-only --tar-only "$package" >/dev/null
    tarball=$(echo "$package"_*.orig.tar.*)
    sha256sum --check --quiet - <<<"$sum  $tarball" || give_up "$tarball is not the file that bazelw expects"
    mkdir "../$repository"
    tar -xf "$tarball" --strip-components=1 --no-same-owner -C "../$repository"
  done
  rm -r "$1/apt"
}

# Gives the sources in the folder $1 that come without a build for Bazel one of
# ours.
write_builds() {
  cp "$liburing_build" "$1/liburing/BUILD.bazel"
  echo 'workspace(name = "liburing")' >"$1/liburing/WORKSPACE"
  echo 'module(name = "liburing")' >"$1/liburing/MODULE.bazel"
}

# Writes modules without content, for what is named but not used, into the
# folder $1.
write_empty_modules() {
  local module
  for module in "${empty_modules[@]}"; do
    mkdir "$1/$module"
    echo "module(name = \"$module\")" >"$1/$module/MODULE.bazel"
    touch "$1/$module/BUILD"
  done
}

# Makes the folder $1 with the dependencies and a bazelrc that points at them.
make_repositories() {
  mkdir -p "$(dirname "$1")"
  # Made aside and then renamed, so that a second run at the same time, or one
  # that is cut off, does no harm.
  new=$(mktemp -d "$1.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  say "getting the source packages $(printf '%s\n' "${sources[@]}" | cut -d ' ' -f 2 | xargs), to be kept in $1"
  (fetch_sources "$new")
  write_builds "$new"
  find "$recipe" -mindepth 1 -maxdepth 1 -type d -exec cp -r {} "$new" \;
  write_empty_modules "$new"
  sed "s#@SOURCES@#$1#" "$recipe/bazelrc" >"$new/bazelrc"
  mv -T "$new" "$1" 2>/dev/null || rm -rf "$new"
  trap - EXIT
}
