// SPDX-License-Identifier: MIT
#pragma once

#include "bench/bare_database.hpp"

#include <string>

namespace crier::bench {

// The table of the shared cache, used by SQLite's own interface with nothing around it, as an
// application would by hand: without renewals, checks, or a second thread in mind.
class BareCache {
 public:
  explicit BareCache(const std::string& path);

  // False where there is none.
  bool get(const std::string& key, std::string& value);
  // Expires in an hour. Commits by itself.
  void set(const std::string& key, const std::string& value);

 private:
  BareDatabase database_;
  BareDatabase::Statement get_;
  BareDatabase::Statement set_;
};

}  // namespace crier::bench
