// SPDX-License-Identifier: MIT
#include "node/environment.hpp"

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/quoting.hpp"
#include "node/check_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <unistd.h>
#include <utility>

namespace crier {

namespace {

constexpr std::string_view kVariablePrefix = "CRIER_";

// Whether a variable of that name may stand there, though it sets no option.
bool is_for_others(std::string_view name) {
  // The unit of a sidecar has it, whose file an application may share.
  constexpr std::string_view kOfTheTool = "CRIER_NODE_OPTIONS";
  // script/with-postgres sets one, under which an application may run, too.
  constexpr std::string_view kOfTests = "CRIER_TEST_";
  // Kubernetes tells each container where a Service named "crier" or "crier-page" is.
  const bool is_of_a_service = name.ends_with("_SERVICE_HOST") || name.ends_with("_PORT") ||
                               name.find("_PORT_") != std::string_view::npos;
  return name == kOfTheTool || name.starts_with(kOfTests) || is_of_a_service;
}

// A text for each value of an enumeration.
template <class T>
constexpr std::array<std::pair<std::string_view, T>, 0> kWordsOf{};
template <>
constexpr std::array kWordsOf<bool>{
    std::pair{std::string_view("true"), true}, std::pair{std::string_view("false"), false},
    std::pair{std::string_view("1"), true}, std::pair{std::string_view("0"), false}};
template <>
constexpr std::array kWordsOf<ColdStart>{
    std::pair{std::string_view("start_at_newest"), ColdStart::start_at_newest},
    std::pair{std::string_view("refresh_all"), ColdStart::refresh_all}};
template <>
constexpr std::array kWordsOf<KeepPosition>{
    std::pair{std::string_view("in_memory"), KeepPosition::in_memory},
    std::pair{std::string_view("in_database"), KeepPosition::in_database},
    std::pair{std::string_view("in_file"), KeepPosition::in_file}};
template <>
constexpr std::array kWordsOf<Role>{
    std::pair{std::string_view("unknown"), Role::unknown},
    std::pair{std::string_view("single"), Role::single},
    std::pair{std::string_view("scheduling_publisher"), Role::scheduling_publisher},
    std::pair{std::string_view("subscriber"), Role::subscriber}};

constexpr std::string_view kNoneWord = "none";

// Each returns what is allowed if `text` is anything else; empty: it was read.
std::string read_setting(std::string_view text, std::string& value) {
  value = text;
  return {};
}
std::string read_setting(std::string_view text, std::chrono::milliseconds& value) {
  const auto duration = parse_duration(text);
  value = duration.value_or(value);
  return duration ? "" : "a duration such as 500ms, 5s or 1h30m";
}
std::string read_setting(std::string_view text, std::optional<std::chrono::milliseconds>& value) {
  if (text == kNoneWord) {
    value.reset();
    return {};
  }
  return read_setting(text, value.emplace()).empty() ? ""
                                                     : "a duration such as 20m or 1h30m, or none";
}
template <class T>
std::string read_setting(std::string_view text, T& value) {
  if constexpr (!kWordsOf<T>.empty()) {
    std::string words;
    for (const auto& [word, meant] : kWordsOf<T>) {
      if (text == word) {
        value = meant;
        return {};
      }
      words.append(words.empty() ? "" : ", ").append(word);
    }
    return "one of " + words;
  } else {
    static_assert(std::integral<T>);
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return "a whole number, not above " + std::to_string(std::numeric_limits<T>::max());
    }
    value = number;
    return {};
  }
}

struct EnvironmentSetting {
  std::string_view option;
  std::string (*set)(Options& options, std::string_view text);

  [[nodiscard]] std::string variable() const {
    std::string name(kVariablePrefix);
    for (const char c : option) {
      name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
  }
};

// A member, or a member of it.
template <auto... path>
consteval EnvironmentSetting setting_of(std::string_view option) {
  return {option, [](Options& options, std::string_view text) {
            return read_setting(text, (options.*....*path));
          }};
}

constexpr std::array kEnvironmentSettings{
    setting_of<&Options::store>("store"),
    setting_of<&Options::node_name>("node_name"),
    setting_of<&Options::application>("application"),
    setting_of<&Options::read_only>("read_only"),
    setting_of<&Options::migrate_on_start>("migrate_on_start"),
    setting_of<&Options::cold_start>("cold_start"),
    setting_of<&Options::keep_position>("keep_position"),
    setting_of<&Options::position_file>("position_file"),
    setting_of<&Options::poll_interval>("poll_interval"),
    setting_of<&Options::max_processing_instructions>("max_processing_instructions"),
    setting_of<&Options::backlog, &BacklogLimits::entries>("backlog.entries"),
    setting_of<&Options::backlog, &BacklogLimits::bytes>("backlog.bytes"),
    setting_of<&Options::backlog, &BacklogLimits::time>("backlog.time"),
    setting_of<&Options::max_instructions_per_entry>("max_instructions_per_entry"),
    setting_of<&Options::max_entry_bytes>("max_entry_bytes"),
    setting_of<&Options::max_instruction_bytes>("max_instruction_bytes"),
    setting_of<&Options::shared_cache, &SharedCacheOptions::default_sliding>(
        "shared_cache.default_sliding"),
    setting_of<&Options::shared_cache, &SharedCacheOptions::max_value_bytes>(
        "shared_cache.max_value_bytes"),
    setting_of<&Options::shared_cache, &SharedCacheOptions::max_sessions>(
        "shared_cache.max_sessions"),
    setting_of<&Options::retry, &RetryPolicy::retries>("retry.retries"),
    setting_of<&Options::retry, &RetryPolicy::first_delay>("retry.first_delay"),
    setting_of<&Options::retry, &RetryPolicy::give_up_after>("retry.give_up_after"),
    setting_of<&Options::retry, &RetryPolicy::longest_delay>("retry.longest_delay"),
    setting_of<&Options::refresher_deadline>("refresher_deadline"),
    setting_of<&Options::stop_deadline>("stop_deadline"),
    setting_of<&Options::heartbeat_interval>("heartbeat_interval"),
    setting_of<&Options::lease_duration>("lease_duration"),
    setting_of<&Options::role>("role"),
    setting_of<&Options::stalled_after>("stalled_after"),
    setting_of<&Options::canary_interval>("canary_interval"),
    setting_of<&Options::retention>("retention"),
    setting_of<&Options::retention_hard_cap>("retention_hard_cap"),
    setting_of<&Options::forget_after>("forget_after"),
    setting_of<&Options::prune_interval>("prune_interval")};

[[noreturn]] void refuse_variable(const std::string& what) {
  throw Error("read the environment", what, Error::Kind::invalid_argument);
}

std::string known_variables() {
  std::string all;
  for (const EnvironmentSetting& one : kEnvironmentSettings) {
    all.append(all.empty() ? "" : ", ").append(one.variable());
  }
  return all;
}

}  // namespace

std::vector<std::string_view> options_of_environment() {
  std::vector<std::string_view> names;
  for (const EnvironmentSetting& one : kEnvironmentSettings) {
    names.push_back(one.option);
  }
  return names;
}

Options options_from(const std::vector<std::string_view>& variables, Options base) {
  std::vector<std::pair<EnvironmentSetting, std::string_view>> given;
  for (const std::string_view variable : variables) {
    const std::string_view name = variable.substr(0, variable.find('='));
    if (!name.starts_with(kVariablePrefix) || name.size() == variable.size()) {
      continue;
    }
    const std::string_view value = variable.substr(name.size() + 1);
    const auto found = std::ranges::find(kEnvironmentSettings, name, &EnvironmentSetting::variable);
    if (found == kEnvironmentSettings.end()) {
      if (is_for_others(name)) {
        continue;
      }
      refuse_variable(quoted_start(name) +
                      " is no variable of crier's; these are: " + known_variables());
    }
    if (value.empty()) {
      continue;
    }
    if (const std::string allowed = found->set(base, value); !allowed.empty()) {
      refuse_variable(std::string(name) + " is " + quoted_start(value) + ": it must be " + allowed);
    }
    given.emplace_back(*found, value);
  }
  // Of what is wrong with the rest the node tells, once that is complete.
  for (const auto& [one, value] : given) {
    try {
      if (one.option == "store") {
        static_cast<void>(open_store(value));  // opens nothing; says nothing of a password
      } else {
        Options sound;  // but for this
        sound.position_file = "any";
        one.set(sound, value);
        sound.lease_duration = std::max(sound.lease_duration, 2 * sound.heartbeat_interval);
        sound.retention_hard_cap = std::max(sound.retention_hard_cap, sound.retention);
        check_options(sound);
      }
    } catch (const Error& error) {
      refuse_variable(one.variable() + (one.option == "store" ? "" : " is " + quoted_start(value)) +
                      ": " + error.what());
    }
  }
  return base;
}

Options Options::from_env() { return from_env({}); }

Options Options::from_env(Options base) {
  std::vector<std::string_view> variables;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    variables.emplace_back(*one);
  }
  return options_from(variables, std::move(base));
}

}  // namespace crier
