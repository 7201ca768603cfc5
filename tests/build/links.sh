#!/usr/bin/env bash
# Fails if a page links to a file, or to a title in one, that is not there.
# Usage: links.sh <root of the project>
set -euo pipefail
cd "$1"

# A page without its blocks of code.
prose() { awk '/^```/ {code = !code; next} !code' "$1"; }

# What a title is linked by, as GitHub makes it.
titles() {
  prose "$1" | sed -nE 's/^#+ +//p' | tr '[:upper:]' '[:lower:]' | tr -d '`' |
    sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g; s/[^[:alnum:] _-]//g; s/ /-/g'
}

links=0 failed=0
while IFS= read -r page; do
  while IFS= read -r target; do
    case $target in http://* | https://* | mailto:*) continue ;; esac
    links=$((links + 1))
    file=${target%%#*} title=${target#"${target%%#*}"}
    path=${file:+$(dirname "$page")/$file}
    path=${path:-$page}
    if [[ ! -e $path ]]; then
      echo "$page links to $file, which is not there" >&2
      failed=1
    elif [[ -n $title ]] && ! titles "$path" | grep -qxF -- "${title#\#}"; then
      echo "$page links to $target, and no title there is called that" >&2
      failed=1
    fi
  done < <(prose "$page" | sed -E 's/`[^`]*`//g' | grep -oE '\]\([^() ]+\)' | sed -E 's/^\]\(|\)$//g')
done < <(find . -name '*.md' -not -path './build*' -not -path './.git/*' | sed 's#^\./##' | sort)

if ((links < 20)); then
  echo "only $links links: is this the tree?" >&2
  exit 1
fi
echo "$links links, each to what is there."
exit "$failed"
