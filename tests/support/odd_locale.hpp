// SPDX-License-Identifier: MIT
#pragma once

#include <clocale>
#include <locale>
#include <string>

namespace crier::test {

/// As long as it lives, the process has the locale of a country that writes 1.234,5: C++'s in any
/// case, and C's if there is one on the machine.
class OddLocale {
 public:
  OddLocale() : before_(std::locale::global(std::locale(std::locale(), new Numbers))) {
    for (const char* const name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"}) {
      if (std::setlocale(LC_ALL, name) != nullptr) {
        break;
      }
    }
  }
  ~OddLocale() {
    std::locale::global(before_);
    std::setlocale(LC_ALL, "C");
  }
  OddLocale(const OddLocale&) = delete;
  OddLocale& operator=(const OddLocale&) = delete;

 private:
  class Numbers final : public std::numpunct<char> {
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\3"; }
  };

  std::locale before_;
};

}  // namespace crier::test
