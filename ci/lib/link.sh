# shellcheck shell=bash
# How the full program is linked, beyond what Package.swift says; sourced after common.sh. Why: docs/decisions/0017.

# prepare_link DIR: sets $full_link, the linker options of the full program, and DAYPASS_LINK_PATH for Package.swift.
prepare_link() {
  local directory="$1" library
  full_link=()
  # The loader can read packed relocations since glibc 2.36, and refuses the program with a message before.
  if [ "$(printf '%s\n2.36\n' "$(glibc_version)" | sort -V | head -n 1)" = 2.36 ]; then
    full_link+=(-Xlinker -z -Xlinker pack-relative-relocs)
  fi
  # The C++ library of the Swift runtime: linked in, it is not loaded, and its 3,000 symbols are not looked up, at each
  # start. A directory that holds nothing else, so that the linker finds no shared one there.
  library="$(cc -print-file-name=libstdc++.a 2>/dev/null || true)"
  mkdir -p "$directory"
  rm -f "$directory/libstdc++.a"
  if [[ "$library" == /* ]]; then ln -s "$library" "$directory/libstdc++.a"; fi
  export DAYPASS_LINK_PATH="$directory"
}

# 0 where there is no glibc.
glibc_version() { getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p' | grep . || printf '0\n'; }
