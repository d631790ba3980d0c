# shellcheck shell=bash
# Shared by the scripts in ci/; sourced, never run. bash, `set -euo pipefail` is the caller's.
#
# Progress and questions go to stderr; stdout belongs to what a script hands on (a path, a summary).

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
readonly root

say() { printf '\n==> %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The comment block at the top of the calling script is its --help.
show_help() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$1"; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root: $*"
  fi
}

# Prints those of the named Debian packages that are not installed.
apt_missing() {
  local package
  for package in "$@"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$'; then
      printf '%s\n' "$package"
    fi
  done
}

has_apt() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# A new machine often runs an upgrade of its own at first: its lock is waited for.
readonly apt_wait=(-o DPkg::Lock::Timeout=300)

apt_update() { as_root apt-get "${apt_wait[@]}" update -qq >&2; }

# Installs those of the named Debian packages that are missing, and says which.
apt_install() {
  local missing
  if ! has_apt; then
    note "no apt here; taken as installed: $*"
    return
  fi
  mapfile -t missing < <(apt_missing "$@")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  say "installing ${missing[*]}"
  if [ -z "${apt_updated:-}" ]; then
    apt_update
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get "${apt_wait[@]}" install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >&2
}

# The same, but goes on without what this system does not offer; whoever needs it says so.
apt_install_if_offered() {
  local package
  # Once, and here: what a subshell below remembers is gone with it.
  if has_apt && [ -z "${apt_updated:-}" ] && [ -n "$(apt_missing "$@")" ]; then
    (apt_update) || note 'the package lists could not be updated'
    apt_updated=yes
  fi
  for package in "$@"; do
    (apt_install "$package") || note "cannot be installed here: $package"
  done
}

install_build_dependencies() {
  apt_install libcurl4-openssl-dev libssl-dev libqrencode-dev pkg-config
}

# bin/daypass is linked whole. Some distributions have the archives for that in packages of their own.
require_static_libcrypto() {
  local directory
  directory="$(pkg-config --variable=libdir libcrypto)" || die 'libcrypto is not installed for development'
  [ -e "$directory/libcrypto.a" ] ||
    die "$directory/libcrypto.a is missing, with which bin/daypass is linked whole: it is in libssl-dev (Debian)," \
      'openssl-static (Fedora, with glibc-static) or openssl-libs-static (Alpine)'
}

# Swift 6.1 is the first whose package manager reads this Package.swift.
require_swift() {
  local version
  command -v swift >/dev/null ||
    die 'Swift is not installed: get 6.1 or newer from https://www.swift.org/install/linux/'
  version="$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)"
  [ -n "$version" ] || die "'swift --version' does not answer; is this toolchain made for this system?"
  if [ "$(printf '%s\n6.1\n' "$version" | sort -V | head -n 1)" != 6.1 ]; then
    die "Swift $version is too old: 6.1 or newer is needed, from https://www.swift.org/install/linux/"
  fi
}

# A Python environment of the checkout's own, made again only when requirements.txt changed. Sets $venv.
ensure_venv() {
  local stamp python=python3
  venv="$root/.build-venv"
  stamp="$(sha256sum <"$root/ci/requirements.txt")"
  if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
  apt_install python3 python3-venv
  # A python3 that comes first in PATH may have been built without what a venv needs.
  "$python" -c 'import ensurepip, ssl, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || python=/usr/bin/python3
  say "Python packages of ci/requirements.txt into ${venv#"$root"/}"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/ci/requirements.txt" >&2
  printf '%s\n' "$stamp" >"$venv/stamp"
}
