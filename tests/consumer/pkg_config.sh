#!/bin/sh
# Builds the consumer with nothing but a compiler and pkg-config, and runs it.
# Usage: pkg_config.sh <prefix> <folder to build in> <compiler> [flag...]
set -eu
prefix=$1 build=$2 compiler=$3
shift 3
PKG_CONFIG_PATH=$(find "$prefix" -type d -name pkgconfig)
export PKG_CONFIG_PATH
mkdir -p "$build"
# Flags are words to be split.
# shellcheck disable=SC2046
"$compiler" -std=c++20 "$@" -o "$build/consumer" "$(dirname "$0")/main.cpp" \
  $(pkg-config --cflags --libs crier)
LD_LIBRARY_PATH=$(pkg-config --variable=libdir crier) "$build/consumer"
