// SPDX-License-Identifier: MIT
#include <crier/admin/exposition.hpp>

#include "base/one_line.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace crier {
namespace {

constexpr std::size_t kLongestLabel = 255;
constexpr std::string_view kTotal = "_total";

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

// The bound of a bucket in the one form that both formats ask for: "0.0005", "10.0".
std::string bound(std::chrono::microseconds value) {
  std::string text = seconds(value);
  text.erase(std::max(text.find_last_not_of('0'), text.find('.') + 1) + 1);
  return text;
}

}  // namespace

void Exposition::label_all(std::string_view name, std::string_view value) {
  of_all_.append(of_all_.empty() ? "" : ",").append(name);
  of_all_.append("=\"").append(escaped(value)).append("\"");
}

void Exposition::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  if (format_ == MetricsFormat::open_metrics && type == Type::counter) {
    name.remove_suffix(kTotal.size());  // which is there a part of the sample's name alone
  }
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
      add("_bucket", labels, bound(Durations::kUpTo[i]), std::to_string(through));
    }
  }
  const std::string all = std::to_string(through + durations.counts.back());
  add("_bucket", labels, "+Inf", all);
  add("_sum", labels, {}, seconds(durations.total));
  add("_count", labels, {}, all);
}

std::string Exposition::text() const {
  return format_ == MetricsFormat::open_metrics ? text_ + "# EOF\n" : text_;
}

void Exposition::add(std::string_view suffix, Labels labels, std::string_view up_to,
                     std::string_view value) {
  text_.append(name_).append(suffix);
  char before = '{';
  if (!of_all_.empty()) {
    text_.append("{").append(of_all_);
    before = ',';
  }
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
