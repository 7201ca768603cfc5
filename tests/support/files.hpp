// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::test {

// A file of the project: source_file("tests/data/umbraco-rows.jsonl").
std::string source_file(std::string_view path);

// A program of this build: built_program("cli/crier").
std::string built_program(std::string_view path);

}  // namespace crier::test
