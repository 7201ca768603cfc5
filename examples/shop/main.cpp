// SPDX-License-Identifier: MIT
#include "modes.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kUsage =
    "usage: crier_shop demo [--seconds N] [--store URL]\n"
    "       crier_shop node --store URL [--name NAME]\n"
    "       crier_shop writer --store URL [--seconds N]\n"
    "\n"
    "demo runs three nodes and a writer on a new database, in SQLite or PostgreSQL. While it runs, "
    "`node` in another\n"
    "terminal joins them.\n";

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
    } else if (option == "--facts") {
      arguments.facts = number(value);
    } else {
      throw std::invalid_argument("unknown option: " + std::string(option));
    }
  }
  return arguments;
}

std::string new_file() {
  std::string folder = (std::filesystem::temp_directory_path() / "crier-shop-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("no new folder at " + folder);
  }
  return folder + "/shop.db";
}

int run(std::span<char*> words) {
  const std::string_view mode = words.empty() ? "" : words[0];
  if (mode != "demo" && mode != "node" && mode != "writer") {
    throw std::invalid_argument("the mode must be demo, node or writer");
  }
  shop::Arguments arguments = read(words.subspan(1));
  if (mode == "demo") {
    arguments.store = arguments.store.empty() ? new_file() : arguments.store;
    return shop::run_demo(arguments);
  }
  if (arguments.store.empty()) {
    throw std::invalid_argument("--store is missing");
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
