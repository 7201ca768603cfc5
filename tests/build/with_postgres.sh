#!/usr/bin/env bash
# script/with-postgres works in folders whose names others can guess: it touches nothing of theirs.
# Exit code 77: there is no PostgreSQL on this machine.
set -euo pipefail
script=$1
work=$(mktemp -d)
# PostgreSQL's user must get there.
chmod 711 "$work"
server=$work/server
trap '"$script" --stop "$server"; rm -rf "$work"' EXIT

fail() {
  echo "$1" >&2
  exit 1
}
refuses() {
  local folder=$1
  ! timeout 30 "$script" --stop "$folder" 2>"$work/said" || fail "$folder is taken for its own"
  grep -q "'$folder' is somebody else's; name another folder" "$work/said" || fail "$(cat "$work/said")"
}

# A folder that somebody else has made, with the number of a process that is not his.
mkdir -p "$work/theirs/data"
sleep 1000 &
victim=$!
echo "$victim" >"$work/theirs/data/postmaster.pid"
ln -s "$work/theirs" "$work/link"
refuses "$work/link"
touch "$work/file"
refuses "$work/file"
if [[ $EUID -eq 0 ]]; then
  chown -R daemon "$work/theirs"
  refuses "$work/theirs"
fi
[[ -f $work/theirs/data/postmaster.pid && -f $work/file ]] || fail "what is somebody's is gone"
kill -0 "$victim" || fail "somebody's process was ended"
kill "$victim"

# Links where files of its own would be.
echo precious >"$work/precious"
chmod 666 "$work/precious"
ln -s "$work/precious" "$server.log"
code=0
"$script" --start "$server" --for $$ || code=$?
[[ $code -ne 77 ]] || exit 77
[[ $code -eq 0 ]] || fail "the server did not start"
[[ $(cat "$work/precious") == precious ]] || fail "a file that a link led to was written"
"$script" --stop "$server"
[[ ! -e $server && -L $server.log ]] || fail "a folder is left, or somebody's link is gone"
