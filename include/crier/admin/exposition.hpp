// SPDX-License-Identifier: MIT
#pragma once

#include <crier/durations.hpp>
#include <crier/export.hpp>
#include <crier/metrics_format.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace crier {

/// Writes figures as Prometheus reads them. Used by one thread at a time.
class CRIER_EXPORT Exposition {
 public:
  /// What a family's figures are.
  enum class Type : std::uint8_t { gauge, counter, histogram };
  /// Names, which are written as they are, and values.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Without a figure yet.
  explicit Exposition(MetricsFormat format = MetricsFormat::prometheus) : format_(format) {}

  /// Every sample has this label, too.
  void label_all(std::string_view name, std::string_view value);
  /// What the samples after it are of. A counter's name ends in "_total".
  void family(std::string_view name, Type type, std::string_view help);
  /// A label's value may hold anything: control characters and what is not UTF-8 are replaced, and
  /// it is cut to 255 bytes.
  template <std::integral Number>
  void sample(Labels labels, Number value) {
    add({}, labels, {}, std::to_string(value));
  }
  /// In seconds.
  void sample(Labels labels, std::chrono::milliseconds value);
  /// Of a family that is a histogram, in seconds. What takes no longer than `from` is one bucket.
  void histogram(Labels labels, const Durations& durations, std::chrono::microseconds from = {});

  /// All that was written so far, as an answer to a scrape.
  [[nodiscard]] std::string text() const;

 private:
  // `up_to` is the bound of a bucket, or empty.
  void add(std::string_view suffix, Labels labels, std::string_view up_to, std::string_view value);

  const MetricsFormat format_;
  std::string of_all_;  // what stands first between the braces of each sample
  std::string text_;
  std::string name_;
};

}  // namespace crier
