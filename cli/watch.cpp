// SPDX-License-Identifier: MIT
#include "watch.hpp"

#include <crier/error.hpp>

#include "interrupt.hpp"

#include <chrono>
#include <ostream>
#include <sstream>

namespace crier::cli {

int watch(Session& session, const std::function<int(Session&)>& look) {
  constexpr std::chrono::milliseconds kPeriod{2'000};
  // Home, and wipe what follows: without a flicker, and nothing is left behind.
  constexpr std::string_view kHome = "\x1b[H\x1b[J";
  session.interrupt.catch_signals();
  int code = 0;
  for (bool first = true; first || !session.interrupt.wait_for(kPeriod); first = false) {
    std::ostringstream text;
    Session inner{{session.streams.in, text, session.streams.err}, session.interrupt};
    inner.store_url = session.store_url;
    inner.json = session.json;
    inner.terminal = session.terminal;
    inner.paint = session.paint;
    try {
      code = look(inner);
    } catch (const Error& error) {
      if (error.invalid_argument()) {
        throw;
      }
      code = 1;
      text << "crier: " << error.what() << '\n';
    }
    const std::string_view between = session.terminal        ? kHome
                                     : first || session.json ? std::string_view()
                                                             : std::string_view("\n");
    if (!(session.streams.out << std::string(between) + text.str() << std::flush)) {
      break;
    }
  }
  return code;
}

}  // namespace crier::cli
