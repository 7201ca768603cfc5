// SPDX-License-Identifier: MIT
#include "modes.hpp"

#include <charconv>
#include <cstddef>
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kUsage =
    "usage: crier_shop demo --store URL [--seconds N]\n"
    "       crier_shop node --store URL [--name NAME]\n"
    "       crier_shop writer --store URL\n"
    "\n"
    "demo runs three nodes and a writer on a new database, in SQLite or PostgreSQL, N seconds (8) "
    "with a time limit for\n"
    "what is cached, and as long with crier. On the database that it leaves, node and writer run "
    "until Ctrl-D and Ctrl-C.\n";

int number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    throw std::invalid_argument("not a number: " + std::string(text));
  }
  return value;
}

shop::Arguments read(std::span<char*> words) {
  shop::Arguments arguments;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view option = words[i];
    if (i + 1 == words.size()) {
      throw std::invalid_argument("no value after " + std::string(option));
    }
    const std::string_view value = words[i + 1];
    if (option == "--store") {
      arguments.store = value;
    } else if (option == "--name") {
      arguments.name = value;
    } else if (option == "--seconds") {
      arguments.seconds = std::chrono::seconds(number(value));
    } else if (option == "--ttl") {
      arguments.ttl = std::chrono::seconds(number(value));
    } else if (option == "--facts") {
      arguments.facts = number(value);
    } else if (option == "--board") {
      arguments.board = number(value);
    } else if (option == "--slot") {
      arguments.slot = static_cast<std::size_t>(number(value));
    } else {
      throw std::invalid_argument("unknown option: " + std::string(option));
    }
  }
  return arguments;
}

int run(std::span<char*> words) {
  const std::string_view mode = words.empty() ? "" : words[0];
  if (mode != "demo" && mode != "node" && mode != "writer") {
    throw std::invalid_argument("the mode must be demo, node or writer");
  }
  const shop::Arguments arguments = read(words.subspan(1));
  if (arguments.store.empty()) {
    throw std::invalid_argument("--store is missing");
  }
  if (mode == "demo") {
    return shop::run_demo(arguments);
  }
  return mode == "node" ? shop::run_node(arguments) : shop::run_writer(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  } catch (const std::invalid_argument& error) {
    std::cerr << "crier_shop: " << error.what() << "\n\n" << kUsage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "crier_shop: " << error.what() << '\n';
    return 1;
  }
}
