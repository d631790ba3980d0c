# shellcheck shell=bash
# How the full program is linked, beyond what Package.swift says; sourced after common.sh. Why: docs/decisions/0017.

# prepare_link DIR: sets $full_link, the linker options of the full program, and DAYPASS_LINK_PATH for Package.swift.
prepare_link() {
  local directory="$1"
  full_link=()
  # The loader can read packed relocations since glibc 2.36, and refuses the program with a message before.
  if [ "$(printf '%s\n2.36\n' "$(glibc_version)" | sort -V | head -n 1)" = 2.36 ]; then
    full_link+=(-Xlinker -z -Xlinker pack-relative-relocs)
  fi
  # What the Swift runtime needs of the C++ library and of the compiler's: linked in, they are not loaded, and their
  # 3,000 symbols are not looked up, at each start. A directory that holds nothing else, so that the linker finds no
  # shared ones there.
  mkdir -p "$directory"
  link_in libstdc++.a libstdc++.a
  link_in libgcc_eh.a libgcc_s.a
  export DAYPASS_LINK_PATH="$directory"
}

# link_in ARCHIVE NAME: what is asked for as NAME comes from the compiler's ARCHIVE, where there is one.
link_in() {
  local archive
  archive="$(cc -print-file-name="$1" 2>/dev/null || true)"
  if [[ "$archive" == /* ]]; then ln -sf "$archive" "$directory/$2"; else rm -f "$directory/$2"; fi
}

# 0 where there is no glibc.
glibc_version() { getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p' | grep . || printf '0\n'; }
