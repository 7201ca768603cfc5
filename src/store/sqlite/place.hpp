// SPDX-License-Identifier: MIT
#pragma once

#include "store/url.hpp"

#include <chrono>
#include <string>

namespace crier::sqlite {

// Which database a store works on, and how its messages speak of it.
struct Place {
  std::string path;
  std::string table;            // the instruction table
  bool foreign_table = false;   // another program's: not crier's to create
  std::string migrate_command;  // "crier --store x.db migrate"
  std::chrono::milliseconds deadline;
  Durability durability = Durability::normal;
};

}  // namespace crier::sqlite
