#!/usr/bin/env bash
# check_spec.sh CHECK_SPEC: that the check of the models says what is missing, and fails where a
# model breaks, where a mutant does not, and where a model has too few. 77: without spin.
set -euo pipefail

check=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# expect TEXT COMMAND...: it ends with 1, and says TEXT.
expect() {
  local text=$1 status=0
  shift
  "$@" >"$folder/said" 2>&1 || status=$?
  if [[ $status -ne 1 ]] || ! grep -qF -- "$text" "$folder/said"; then
    echo "'$*' ended with $status instead of 1, or did not say '$text':" >&2
    cat "$folder/said" >&2
    exit 1
  fi
}

mkdir "$folder/bin"
for tool in bash dirname basename sed grep; do
  ln -s "$(command -v $tool)" "$folder/bin/$tool"
done
expect "spin is missing" env PATH="$folder/bin" "$check"
command -v spin >/dev/null || exit 77
ln -s "$(command -v spin)" "$folder/bin/spin"
expect "a C compiler is missing" env PATH="$folder/bin" "$check"

# model TEXT: one whose three mutants fail, with TEXT in the middle.
model() {
  cat >"$folder/small.pml" <<END
//@ holds
byte n;
active proctype P() {
  $1
#ifdef MUTANT_A
  assert(n == 1);
#endif
#ifdef MUTANT_B
  assert(n == 2);
#endif
#ifdef MUTANT_C
  assert(n == 3);
#endif
}
END
}
model 'n = 0;'
"$check" "$folder/small.pml" >"$folder/said" || { cat "$folder/said" >&2; exit 1; }
model 'n = 1;'
expect "MUTANT_A" "$check" "$folder/small.pml"
grep -q "does not fail" "$folder/said"
model 'assert(n == 1);'
expect "assertion violated" "$check" "$folder/small.pml"
model 'n = nobody;'
expect "can't be built" "$check" "$folder/small.pml"
model '#undef MUTANT_C'
sed -i 's/MUTANT_C/OTHER/' "$folder/small.pml"
expect "fewer than three mutants" "$check" "$folder/small.pml"
model 'n = 0;'
sed -i '1d' "$folder/small.pml"
expect "does not say" "$check" "$folder/small.pml"
