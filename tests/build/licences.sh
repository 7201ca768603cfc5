#!/usr/bin/env bash
# Fails if a source file does not name its licence at its head, or reuse finds a file without one.
# Usage: licences.sh <root of the project>. Exit code 77: there is no reuse (script/bootstrap --ci).
set -euo pipefail
cd "$1"

sources() { find src include cli examples tests -name '*.[ch]pp' -print0; }
if (($(sources | tr -dc '\0' | wc -c) < 100)); then
  echo "there are hardly any source files: is this the tree?" >&2
  exit 1
fi
without=$(sources | xargs -0 awk 'FNR == 1 {without[FILENAME]} FNR > 2 {nextfile}
  $0 == "// SPDX-License-Identifier: MIT" {delete without[FILENAME]}
  END {for (file in without) print file}')
if [[ $without ]]; then
  printf 'these do not say at their heads "// SPDX-License-Identifier: MIT":\n%s\n' "$without" >&2
  exit 1
fi
if ! command -v reuse >/dev/null; then
  echo "reuse was not run: it is not installed (Debian: apt-get install reuse)" >&2
  exit 77
fi
reuse lint
