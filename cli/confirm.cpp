// SPDX-License-Identifier: MIT
#include "confirm.hpp"

#include "printable.hpp"

#include <istream>
#include <ostream>
#include <string>

namespace crier::cli {

bool confirm(const Session& session, std::string_view question) {
  if (!session.asks) {
    return true;
  }
  session.streams.err << "crier: " + printable(question) + " [y/N] " << std::flush;
  std::string answer;
  if (!std::getline(session.streams.in, answer)) {
    session.streams.err << '\n' << std::flush;  // the end of input leaves the line open
  }
  return answer.starts_with('y') || answer.starts_with('Y');
}

}  // namespace crier::cli
