// SPDX-License-Identifier: MIT
#include <crier/admin/exposition.hpp>

#include "base/one_line.hpp"
#include "base/utf8.hpp"

#include <cstddef>

namespace crier {
namespace {

constexpr std::size_t kLongestLabel = 255;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(valid_text(text, kLongestLabel))) {
    if (c == '\\' || c == '"') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

// A number of seconds, of which `digits` are the fraction.
std::string seconds(std::int64_t count, std::int64_t in_second, std::size_t digits) {
  const std::int64_t size = count < 0 ? -count : count;
  const std::string rest = std::to_string(in_second + size % in_second).substr(1, digits);
  return (count < 0 ? "-" : "") + std::to_string(size / in_second) + "." + rest;
}

std::string seconds(std::chrono::microseconds value) {
  return seconds(value.count(), 1'000'000, 6);
}

}  // namespace

void Exposition::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text_.append(type == Type::counter     ? " counter\n"
               : type == Type::histogram ? " histogram\n"
                                         : " gauge\n");
}

void Exposition::sample(Labels labels, std::chrono::milliseconds value) {
  add({}, labels, {}, seconds(value.count(), 1000, 3));
}

void Exposition::histogram(Labels labels, const Durations& durations,
                           std::chrono::microseconds from) {
  std::uint64_t through = 0;
  for (std::size_t i = 0; i < Durations::kUpTo.size(); ++i) {
    through += durations.counts[i];
    if (Durations::kUpTo[i] >= from) {
      add("_bucket", labels, seconds(Durations::kUpTo[i]), std::to_string(through));
    }
  }
  const std::string all = std::to_string(through + durations.counts.back());
  add("_bucket", labels, "+Inf", all);
  add("_sum", labels, {}, seconds(durations.total));
  add("_count", labels, {}, all);
}

void Exposition::add(std::string_view suffix, Labels labels, std::string_view up_to,
                     std::string_view value) {
  text_.append(name_).append(suffix);
  char before = '{';
  const auto label = [&](std::string_view name, std::string_view text) {
    text_.append(1, before).append(name).append("=\"").append(text).append("\"");
    before = ',';
  };
  for (const auto& [name, text] : labels) {
    label(name, escaped(text));
  }
  if (!up_to.empty()) {
    label("le", up_to);
  }
  text_.append(before == '{' ? " " : "} ").append(value).append("\n");
}

}  // namespace crier
