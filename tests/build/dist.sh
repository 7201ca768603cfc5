#!/usr/bin/env bash
# Makes the source tarball twice: the same bytes, with what is committed in it, and nothing else.
# Usage: dist.sh <root of the project>. Exit code 77: that is no git repository.
set -euo pipefail
root=$1
git=(git -C "$root" -c safe.directory='*')
if ! command -v git >/dev/null || ! "${git[@]}" rev-parse HEAD >/dev/null 2>&1; then
  echo "the source tarball was not tried: this is no git repository" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

first=$("$root/script/dist" "$work/first" 2>/dev/null)
second=$(umask 077 && TZ=Asia/Tokyo "$root/script/dist" "$work/second" 2>/dev/null)
other=$(SOURCE_DATE_EPOCH=86400 "$root/script/dist" "$work/other" 2>/dev/null)
committed=$("${git[@]}" show HEAD:CMakeLists.txt | sed -nE 's/^project\(crier VERSION ([0-9.]+) .*/\1/p')
[[ $(basename "$first") == "crier-$committed.tar.gz" ]]
if ! cmp "$first" "$second"; then
  echo "the same commit gave two tarballs that differ" >&2
  exit 1
fi
if cmp -s "$first" "$other"; then
  echo "SOURCE_DATE_EPOCH changed nothing" >&2
  exit 1
fi
diff <("${git[@]}" ls-tree -r --name-only -z HEAD | tr '\0' '\n' | sort) \
  <(tar -tf "$first" | grep -v '/$' | sed "s#^crier-$committed/##" | sort)

mkdir "$work/plain"
tar -x -C "$work/plain" -f "$first"
if "$work/plain/crier-$committed/script/dist" "$work/third" >"$work/said" 2>&1 ||
  ! grep -q 'no git repository' "$work/said"; then
  echo "a folder without git should be told: $(cat "$work/said")" >&2
  exit 1
fi
