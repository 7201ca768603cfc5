// SPDX-License-Identifier: MIT
#include "serve/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kBars = 120;
constexpr std::size_t kSamplesOfBar = Samples::kMost / kBars;
constexpr double kHeight = 32;
constexpr double kFreshHeight = 4;

// The samples of each bar; the newest bar is the last one, and none has been seen before the first.
std::vector<std::vector<const Sample*>> in_bars(const std::deque<Sample>& samples) {
  std::vector<std::vector<const Sample*>> bars(kBars);
  for (std::size_t age = 0; age < samples.size() && age / kSamplesOfBar < kBars; ++age) {
    bars[kBars - 1 - age / kSamplesOfBar].push_back(&samples[samples.size() - 1 - age]);
  }
  return bars;
}

std::string decimal(double value) {
  std::array<char, 32> text{};
  return {text.data(),
          static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.1f", value))};
}

Html bar(std::size_t from, std::size_t count, double height, std::string_view kind) {
  return element("rect",
                 {{"class", std::string(kind)},
                  {"x", std::to_string(from)},
                  {"y", decimal(kHeight - height)},
                  {"width", std::to_string(count)},
                  {"height", decimal(height)}},
                 {});
}

Html picture(const std::string& what, const Html& content) {
  return element("svg",
                 {{"class", "chart"},
                  {"viewBox", "0 0 " + std::to_string(kBars) + " " + decimal(kHeight)},
                  {"preserveAspectRatio", "none"},
                  {"role", "img"},
                  {"aria-label", what}},
                 content);
}

struct Mark {
  std::string_view kind;
  double height = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

// From a tenth of a second, which is a low bar, to a minute and more, which fills it.
double height_of(std::chrono::milliseconds behind) {
  const double decades = std::log10(std::max(static_cast<double>(behind.count()), 100.0) / 100.0);
  return 6 + std::min(decades / std::log10(600.0), 1.0) * (kHeight - 6);
}

// The worst of a bar's samples counts.
std::optional<Mark> look_of(const std::vector<const Sample*>& samples, const std::string& node) {
  constexpr std::chrono::seconds kLong{10};
  std::optional<Mark> worst;
  for (const Sample* const sample : samples) {
    const auto found = sample->nodes.find(node);
    if (found == sample->nodes.end()) {
      continue;
    }
    const auto& [state, behind, is_paused] = found->second;
    const bool is_fresh = behind == std::chrono::milliseconds::zero();
    const Mark look = state != NodeState::live ? Mark{"gone", kHeight}
                                               : Mark{is_paused        ? "paused"
                                                      : is_fresh       ? "fresh"
                                                      : behind < kLong ? "late"
                                                                       : "old",
                                                      is_fresh ? kFreshHeight : height_of(behind)};
    if (!worst || look.height > worst->height) {
      worst = look;
    }
  }
  return worst;
}

}  // namespace

Html freshness_strip(const std::deque<Sample>& samples, const std::string& node) {
  const auto bars = in_bars(samples);
  Html content;
  std::size_t begin = 0;
  std::optional<Mark> before;
  // Bars that look alike are one.
  for (std::size_t i = 0; i <= kBars; ++i) {
    const std::optional<Mark> look = i < kBars ? look_of(bars[i], node) : std::nullopt;
    if (look == before && i < kBars) {
      continue;
    }
    if (before) {
      content += bar(begin, i - begin, before->height, before->kind);
    }
    begin = i;
    before = look;
  }
  return picture("How long " + node + " was behind in the last ten minutes", content);
}

Html rate_chart(const std::deque<Sample>& samples) {
  const auto bars = in_bars(samples);
  std::array<double, kBars> rates{};
  double most = 0;
  const Sample* before = nullptr;
  for (std::size_t i = 0; i < kBars; ++i) {
    const auto is_known = [](const Sample* one) { return one->is_known; };
    const auto last = std::ranges::find_if(bars[i], is_known);
    if (last == bars[i].end()) {
      continue;
    }
    if (before == nullptr) {  // nothing was seen before the first of all
      before = *std::find_if(bars[i].rbegin(), bars[i].rend(), is_known);
    }
    const double seconds = std::chrono::duration<double>((*last)->at - before->at).count();
    const auto entries = static_cast<double>(
        std::max<std::int64_t>((*last)->newest.value - before->newest.value, 0));
    rates[i] = seconds > 0 ? entries / seconds : 0;
    most = std::max(most, rates[i]);
    before = *last;
  }
  Html content;
  for (std::size_t i = 0; i < kBars; ++i) {
    if (rates[i] > 0) {
      content += bar(i, 1, std::max(rates[i] / most * kHeight, 1.0), "rate");
    }
  }
  return element(
      "figure",
      {picture("Entries per second in the last ten minutes, at most " + decimal(most), content),
       element("figcaption", {element("span", "10 min ago"),
                              element("span", "at most " + decimal(most) + " entries/s"),
                              element("span", "now")})});
}

}  // namespace crier::cli
