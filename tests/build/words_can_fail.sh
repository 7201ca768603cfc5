#!/usr/bin/env bash
# The check of names finds them in prose, contracts and texts, and in nothing else.
#   words_can_fail.sh CHECK
set -euo pipefail
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{docs,include/crier,cli,src}

write() {
  printf '%s\n' "${@:2}" >"$tree/$1"
}
expect() {
  local found
  found=$("$check" "$tree" --no-exceptions) && code=0 || code=$?
  if [[ $code -ne $1 || $found != *"$2"* ]]; then
    printf 'expected %s and "%s", found %s:\n%s\n' "$1" "$2" "$code" "$found" >&2
    exit 1
  fi
}
check=$1

expect 1 "there is nothing to read"
write docs/a.md 'Each node has `listener` and a refresher.' '```cpp' '// a listener' '```'
write cli/a.cpp '// a listener' '#include "listener.hpp"' 'auto x = "a refresher";'
expect 0 "none of them holds"
write docs/a.md 'Each node has a Listener.'
expect 1 "docs/a.md:1: 'Listener': write refresher"
write docs/a.md 'Nothing.'
write cli/a.cpp '' 'auto x = "a \"listener\" here";'
expect 1 "cli/a.cpp:2: 'listener': write refresher"
write cli/a.cpp 'auto x = R"(' 'a listener' ')";'
expect 1 "cli/a.cpp:2: 'listener'"
rm "$tree/cli/a.cpp"
write include/crier/a.hpp '/// Told to listeners.'
expect 1 "include/crier/a.hpp:1: 'listeners'"
write include/crier/a.hpp '/// Nothing.'
"$check" "$tree" >/dev/null && { echo "exceptions that nothing needs were not told" >&2; exit 1; }
expect 0 ""
