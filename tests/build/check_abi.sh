#!/usr/bin/env bash
# What script/check-abi says of the last release's own dump, and of one that lacks a function.
# Usage: check_abi.sh <root of the project>. Exit code 77: there is no abidiff.
set -euo pipefail
if ! command -v abidiff >/dev/null || ! command -v dpkg-gensymbols >/dev/null; then
  echo "check-abi was not tried: there is no abidiff (script/bootstrap --packages)" >&2
  exit 77
fi
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dumps=(packaging/abi/*.abi.xz)
xz -dc "${dumps[-1]}" >"$work/same.abi"
script/check-abi --dump "$work/same.abi"

sed '/_ZN5crier4Node5startEv/d' "$work/same.abi" | awk '
  # The lines between the one that was removed and the end of that declaration.
  /<function-decl / {open = 1} !open && /<(parameter|return) |<\/function-decl>/ {next}
  /<\/function-decl>/ {open = 0} {print}' >"$work/less.abi"
if script/check-abi --dump "$work/less.abi" >"$work/said" 2>&1; then
  echo "a function was removed, and nothing is said of it" >&2
  exit 1
fi
if ! grep -q 'crier::Node::start()' "$work/said" || ! grep -q 'may not run with this' "$work/said"; then
  cat "$work/said" >&2
  echo "it is not said which function was removed" >&2
  exit 1
fi
echo '<' >"$work/broken.abi"
if script/check-abi --dump "$work/broken.abi" >"$work/said" 2>&1; then
  echo "a dump that can't be read counts as one without a fault" >&2
  exit 1
fi
