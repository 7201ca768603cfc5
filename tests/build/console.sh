#!/usr/bin/env bash
# Runs what a page's console blocks show, and compares what is printed with what they show.
# A line "$ COMMAND" is run by the shell. A line "NAME> INPUT" is a line of input for a process of
# this name, the quickstart, which answers it with one line.
# Usage: console.sh <page> <folder of the tool> [<quickstart>]
set -euo pipefail
page=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
quickstart=$(realpath "${3:-/dev/null}")
folder=$(mktemp -d)
processes=()
finish() {
  for process in "${processes[@]}"; do
    kill "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# Has the process of that name, which is started if there is none, answer a line.
declare -A input output
answer() {
  local name=$1
  if [[ ! -p $name.in ]]; then
    mkfifo "$name.in" "$name.out"
    "$quickstart" "$name" <"$name.in" >"$name.out" &
    processes+=($!)
    exec {input[$name]}>"$name.in" {output[$name]}<"$name.out"
  fi
  echo "$2" >&"${input[$name]}"
  local line
  IFS= read -r -t 60 line <&"${output[$name]}"
  echo "$line"
}

sed -n '/^```console$/,/^```$/{/^```/d;p}' "$page" >shown
while IFS= read -r line; do
  if [[ $line == '$ '* ]]; then
    echo "$line"
    eval "${line:2}" </dev/null 2>&1 || true
  elif [[ $line =~ ^(web-[0-9])\>\ ?(.*)$ ]]; then
    echo "$line"
    answer "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  fi
done <shown >printed

# Times, hosts and processes differ each time.
comparable() {
  sed -E -e 's/^([0-9]+)-[0-9a-f]{6}$/\1-CHECK/' -e 's/([0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9:.]{5,9}/TIME/' \
    -e 's#[^ "]+/crier \[P[0-9]+/D1\]( [0-9A-F]{32})?#ORIGIN#' \
    -e 's/\([^ ]+, pid [0-9]+\), for another .*/(PROCESS)/' -e 's/  +/  /g' "$1"
}
[[ -s shown ]] && diff <(comparable shown) <(comparable printed)
