# shellcheck shell=bash
# How an installation lies: ROOT/bin/daypass finds ROOT/libexec/daypass/daypass from its own place. Sourced after
# common.sh.

# The full program that belongs to a bin/daypass.
full_program_of() { printf '%s\n' "$(dirname "$(dirname "$(realpath "$1")")")/libexec/daypass/daypass"; }

# put PROGRAM PLACE: beside it first, and then renamed, so that one that runs now stays what it is. Words after these
# two run each command (as_root).
put() {
  local program="$1" place="$2" beside
  shift 2
  if cmp -s "$program" "$place"; then return; fi
  beside="$(dirname "$place")/.$(basename "$place").new"
  "$@" mkdir -p "$(dirname "$place")"
  "$@" install -m 755 "$program" "$beside"
  "$@" mv -f "$beside" "$place"
}

# lay_out FRONT FULL ROOT [as_root]: the full program first, because the other becomes it.
lay_out() {
  local front="$1" full="$2" place="$3"
  shift 3
  put "$full" "$place/libexec/daypass/daypass" "$@"
  put "$front" "$place/bin/daypass" "$@"
}
