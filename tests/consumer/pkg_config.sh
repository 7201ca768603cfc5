#!/bin/sh
# Builds the consumer with nothing but a compiler and pkg-config, and runs it.
# Usage: pkg_config.sh <prefix> <folder to build in> <compiler> [flag...]
set -eu
prefix=$1 build=$2 compiler=$3
shift 3
PKG_CONFIG_PATH=$(find "$prefix" -type d -name pkgconfig)
export PKG_CONFIG_PATH
mkdir -p "$build"
# build_and_run <program> <package> <libraries of its own> [flag...]
build_and_run() {
  program=$1 package=$2 libraries=$3
  shift 3
  # Flags are words to be split.
  # shellcheck disable=SC2046,SC2086
  "$compiler" -std=c++20 "$@" -o "$build/$program" "$(dirname "$0")/$program.cpp" \
    $(pkg-config --cflags --libs "$package") $libraries
  LD_LIBRARY_PATH=$(pkg-config --variable=libdir crier) "$build/$program"
}
build_and_run main crier "" "$@"
build_and_run testing crier-testing "" "$@"
build_and_run transaction crier "-lSQLiteCpp -lsqlite3" "$@"
