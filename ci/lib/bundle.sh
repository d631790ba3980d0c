# shellcheck shell=bash
# The self-contained tree of `ci/build --bundle`; sourced after common.sh and layout.sh.

# Prints the loader that a program names.
loader_of() { readelf -l "$1" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p'; }

# opened_library NAME: where the compiler finds it.
opened_library() {
  local path
  command -v cc >/dev/null || die 'no C compiler (cc), which knows where libraries lie'
  path="$(cc -print-file-name="$1")"
  [[ "$path" == /* ]] || die "cannot find $1"
  printf '%s\n' "$path"
}

# shellcheck disable=SC2154 # $root is common.sh's
# bundle PROGRAM DIR: DIR/bin/daypass becomes DIR/libexec/daypass/daypass by a copy of its loader and its libraries,
# which it finds beside it.
bundle() {
  local front="$1" directory="$2" program loader library opened list
  program="$(full_program_of "$front")"
  if [ -n "$(ls -A "$directory" 2>/dev/null)" ]; then die "$directory is not empty"; fi
  mkdir -p "$directory/bin" "$directory/lib" "$directory/libexec/daypass"

  loader="$(loader_of "$program")"
  [ -n "$loader" ] || die "$program names no loader"
  install -m 755 -s "$program" "$directory/libexec/daypass/daypass"
  install -m 755 "$loader" "$directory/libexec/daypass/ld.so"

  list="$(ldd "$program")" || die "cannot tell what $program loads"
  # What is opened when it is needed appears in no list: two of ours (docs/decisions/0019), and the compiler's, which
  # the C library opens for pthread_cancel and pthread_exit, whoever calls them.
  for opened in libcurl.so.4 libqrencode.so.4 libgcc_s.so.1; do
    library="$(opened_library "$opened")"
    list+=$'\n'"$opened => $library (opened)"$'\n'"$(ldd "$library")" || die "cannot tell what $library loads"
  done
  if grep -q 'not found' <<<"$list"; then die "a library is missing: $list"; fi
  while read -r library; do
    install -m 644 "$library" "$directory/lib/$(basename "$library")"
  done < <(sed -n 's/.*=> \(\/[^ ]*\) (.*/\1/p' <<<"$list" | sort -u)

  # How names of hosts and users are looked up: part of the C library since glibc 2.34, modules before that, which are
  # loaded by name and appear in no list.
  while read -r library; do
    install -m 644 "$library" "$directory/lib/$(basename "$library")"
  done < <(find "$(dirname "$(sed -n 's/.*libc\.so\.6 => \(\/[^ ]*\) (.*/\1/p' <<<"$list")")" -maxdepth 1 \
    \( -name 'libnss_files.so.2' -o -name 'libnss_dns.so.2' -o -name 'libresolv.so.2' \))

  # Static: it starts where there is no C library.
  install -m 755 -s "$front" "$directory/bin/daypass"
}
