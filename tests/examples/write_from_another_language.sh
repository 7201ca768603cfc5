#!/usr/bin/env bash
# As the program's own comment says:   write_from_another_language.sh TOOL PROGRAM
set -euo pipefail
"$1" --store shop.db migrate >migrated
python3 "$2" shop.db
"$1" --store shop.db list --wide
