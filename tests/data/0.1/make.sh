#!/usr/bin/env bash
# Usage: make.sh CRIER URL
set -euo pipefail
crier=$1
export CRIER_STORE=$2
products=7c9e6679-7425-40de-944b-e07fc1f90ae7
prices=b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11
work=$(mktemp -d)
until_it() {  # waits until a command's output has a text
  local text=$1; shift
  for _ in $(seq 200); do
    if "$@" 2>&1 | grep -q "$text"; then return; fi
    sleep 0.1
  done
  echo "never: $text" >&2; exit 1
}
$crier migrate
$crier node --name web-1 --durable --exec '! grep -q poison' >"$work/web-1" 2>&1 &
one=$!
$crier node --name web-2 >"$work/web-2" 2>&1 &
two=$!
until_it "web-2 .*live" $crier nodes
until_it "web-1 .*live" $crier nodes
$crier send --refresher $products --id 42
$crier send --refresher $products --remove 43
$crier send --refresher $prices --payload '{"poison":true}'
$crier send --refresher $prices --guid 0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4
until_it poison $crier failures
$crier wait 4 --timeout 60s
kill -INT $one; wait $one || true
# web-1 has missed the two after it.
$crier send --refresher $products --all
$crier send --refresher $prices --payload '{"sku":"A-1","cents":1290}'
$crier wait 6 --node web-2 --timeout 20s
$crier cache set greeting --value hello --forever
$crier cache set 'odd key' --value $'two\nlines' --forever
kill -INT $two; wait $two || true
$crier list; $crier nodes; $crier failures; $crier status || true; $crier cache stats
cat "$work/web-1" | tail -5
rm -rf "$work"
