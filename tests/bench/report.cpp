// SPDX-License-Identifier: MIT
#include "bench/report.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace crier::bench {

namespace {

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, value >= 1000 ? "%.0f" : "%.3f", value);
  return text;
}

std::string text_of(Aim aim) {
  char text[64];
  std::snprintf(text, sizeof text, "%s %g", aim.is == Aim::Is::at_least ? ">=" : "<=", aim.bound);
  return text;
}

bool met(Aim aim, double value) {
  return aim.is == Aim::Is::at_least ? value >= aim.bound : value <= aim.bound;
}

// The end of a line, about the figure that the aim is for.
std::string verdict(const std::optional<Aim>& aim, double value, bool json) {
  if (!aim) {
    return json ? "}" : "";
  }
  if (json) {
    return ",\"aim\":\"" + text_of(*aim) + "\",\"met\":" + (met(*aim, value) ? "true}" : "false}");
  }
  return "  aim " + text_of(*aim) + (met(*aim, value) ? ": met" : ": MISSED");
}

}  // namespace

Report::Report(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json") {
      json_ = true;
    } else if (word == "--quick") {
      size_ = Size::quick;
    } else if (word == "--smoke") {
      size_ = Size::smoke;
    } else if (word == "--seconds" && i + 1 < argc) {
      window_ = std::chrono::seconds(std::atoi(argv[++i]));
    } else if (word == "--only" && i + 1 < argc) {
      only_ = argv[++i];
    } else if (word == "--traces" && i + 1 < argc) {
      traces_ = argv[++i];
    } else {
      std::fprintf(stderr,
                   "usage: %s [--json] [--quick | --smoke] [--seconds N] [--only NAME] "
                   "[--traces FOLDER]\n",
                   argv[0]);
      std::exit(2);
    }
  }
}

int Report::pick(int full, int quick, int smoke) const {
  return size_ == Size::full ? full : size_ == Size::quick ? quick : smoke;
}

std::chrono::seconds Report::window() const {
  return window_.value_or(std::chrono::seconds(pick(20, 5, 1)));
}

void Report::value(const std::string& name, double value, const std::string& unit,
                   std::optional<Aim> aim) const {
  const std::string end = verdict(aim, value, json_);
  if (json_) {
    std::printf("{\"name\":\"%s\",\"crier\":%.3f,\"unit\":\"%s\"%s\n", name.c_str(), value,
                unit.c_str(), end.c_str());
  } else {
    std::printf("%-33s %10s %s%s\n", name.c_str(), number(value).c_str(), unit.c_str(),
                end.c_str());
  }
  std::fflush(stdout);  // some take minutes, and forked processes must not print it again
}

void Report::compare(const std::string& name, Pair pair, const std::string& unit,
                     const std::string& peer_name, std::optional<Aim> aim) const {
  const double ratio = pair.crier / pair.peer;
  const std::string end = verdict(aim, ratio, json_);
  if (json_) {
    std::printf(
        "{\"name\":\"%s\",\"crier\":%.3f,\"peer\":%.3f,\"peer_name\":\"%s\",\"ratio\":%.3f,"
        "\"unit\":\"%s\"%s\n",
        name.c_str(), pair.crier, pair.peer, peer_name.c_str(), ratio, unit.c_str(), end.c_str());
  } else {
    std::printf("%-33s %10s %s against %s (%s)  ratio %.3f%s\n", name.c_str(),
                number(pair.crier).c_str(), unit.c_str(), number(pair.peer).c_str(),
                peer_name.c_str(), ratio, end.c_str());
  }
  std::fflush(stdout);
}

int run(int argc, char** argv, void (*measure)(const Report&)) {
  const Report report(argc, argv);
  try {
    measure(report);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace crier::bench
