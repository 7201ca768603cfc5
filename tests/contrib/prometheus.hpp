// SPDX-License-Identifier: MIT
#pragma once

#include "contrib/page_server.hpp"
#include "support/child.hpp"
#include "support/temp_dir.hpp"

#include <memory>
#include <string>
#include <vector>

namespace crier::test {

struct Rule {
  std::string name;
  std::string expression;
};

/// Debian's Prometheus, which scrapes each page once in half a second, as a job of the page's name,
/// and has the rules of contrib/prometheus.
class Prometheus {
 public:
  /// `pages` are paths: "/shop".
  Prometheus(const PageServer& server, const std::vector<std::string>& pages);

  /// How many series the expression gives now that are numbers (0 / 0 is none). Throws what the
  /// server says of an expression that it can't read.
  [[nodiscard]] std::size_t series(const std::string& expression) const;
  /// The same, but for the time that scrapes may take: it waits until there is one.
  [[nodiscard]] bool gives_data(const std::string& expression) const;
  [[nodiscard]] std::vector<Rule> rules() const;

 private:
  [[nodiscard]] bool is_ready();

  const TempDir folder_;
  int port_ = 0;
  std::unique_ptr<Child> process_;
};

}  // namespace crier::test
