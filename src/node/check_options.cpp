// SPDX-License-Identifier: MIT
#include "node/check_options.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/store.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace crier {

namespace {

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw Error("configure", what, Error::Kind::invalid_argument);
  }
}

// Names stand in rows, logs and terminals.
bool is_printable_name(const std::string& name) {
  return std::none_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

// A JSON string is UTF-8, and means itself but for these two.
bool is_utf8(std::string text) {
  std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
  return is_json('"' + text + '"');
}

}  // namespace

void check_options(const Options& options) {
  constexpr std::size_t kMaxName = 255;
  for (const auto& [field, name] :
       {std::pair("node_name", options.node_name), std::pair("application", options.application)}) {
    require(name.size() <= kMaxName,
            std::string(field) + " is " + std::to_string(name.size()) + " bytes long: 255 at most");
    require(is_printable_name(name), std::string(field) + " holds a control character");
    require(is_utf8(name), std::string(field) + " is not UTF-8");
  }
  require(options.poll_interval >= std::chrono::milliseconds(1),
          "poll_interval is " + std::to_string(options.poll_interval.count()) +
              " ms: 1 ms at the least");
  require(options.poll_interval <= std::chrono::hours(24),
          "poll_interval is " + std::to_string(options.poll_interval.count()) +
              " ms: 24 hours at the most");
  for (const auto& [field, value] :
       {std::pair("max_processing_instructions", options.max_processing_instructions),
        std::pair("max_instructions_per_entry", options.max_instructions_per_entry),
        std::pair("max_entry_bytes", options.max_entry_bytes),
        std::pair("max_instruction_bytes", options.max_instruction_bytes)}) {
    require(value >= 1, std::string(field) + " is 0: 1 at the least");
  }
  if (!options.store.empty()) {
    static_cast<void>(open_store(options.store));  // opens nothing; throws for a wrong URL
  }
}

}  // namespace crier
