#!/usr/bin/env bash
# Runs the commands of README.md's console block, and compares what they print with what it shows.
# Usage: readme_console.sh <README.md> <folder of the tool>
set -euo pipefail
readme=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

sed -n '/^```console$/,/^```$/{/^```/d;p}' "$readme" >shown
while IFS= read -r line; do
  if [[ $line == '$ '* ]]; then
    echo "$line"
    eval "${line:2}" </dev/null 2>&1 || true
  fi
done <shown >printed

# Times, hosts and processes differ each time.
comparable() {
  sed -E -e 's/^([0-9]+)-[0-9a-f]{6}$/\1-CHECK/' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{8,12}/TIME/' \
    -e 's#[^ "]+/crier \[P[0-9]+/D1\]( [0-9A-F]{32})?#ORIGIN#' \
    -e 's/  +/  /g' "$1"
}
[[ -s shown ]] && diff <(comparable shown) <(comparable printed)
