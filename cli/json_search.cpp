// SPDX-License-Identifier: MIT
#include "json_search.hpp"

#include "arguments.hpp"
#include "json.hpp"

#include <cstddef>
#include <limits>
#include <optional>

namespace crier::cli {

namespace {

// Nothing stands for each item of an array.
using Pointer = std::vector<std::optional<std::string>>;

// Gets a document piece by piece, and ends the reading at the first value that passes.
class Search final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Search(const Pointer& pointer, const ValueTest& test) : pointer_(pointer), test_(test) {}

  [[nodiscard]] bool has_found() const { return found_; }
  // It is no JSON.
  [[nodiscard]] bool is_broken() const { return broken_; }

  bool null() override {
    return look([] { return false; });
  }
  bool boolean(bool /*value*/) override { return null(); }
  bool number_integer(number_integer_t value) override {
    return look([&] { return test_.number(value); });
  }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto kMost = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return look([&] {
      return value <= kMost ? test_.number(static_cast<std::int64_t>(value))
                            : test_.text(std::to_string(value));
    });
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return look([&] { return test_.text(text); });
  }
  bool string(string_t& value) override {
    return look([&] { return test_.text(value); });
  }
  bool binary(binary_t& /*value*/) override { return null(); }

  bool start_object(std::size_t /*size*/) override { return enter(false); }
  bool key(string_t& name) override {
    if (depth_apart_ == 0) {
      const std::optional<std::string>& wanted = pointer_[way_.size() - 1];
      way_.back().is_wanted = wanted == name;
    }
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t /*size*/) override { return enter(true); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    broken_ = true;
    return false;
  }

 private:
  // An object or an array on the way to what the pointer names.
  struct Step {
    bool is_array = false;
    std::size_t next = 0;    // the place of the next item
    bool is_wanted = false;  // the member that comes next lies on the way
  };

  // Whether the value that comes next lies on the way, which then leads to it or through it.
  bool takes_next() {
    if (way_.empty()) {
      return true;
    }
    Step& step = way_.back();
    const std::optional<std::string>& wanted = pointer_[way_.size() - 1];
    return step.is_array ? !wanted || std::to_string(step.next++) == *wanted : step.is_wanted;
  }
  [[nodiscard]] bool is_there() const { return way_.size() == pointer_.size(); }

  template <class Test>
  bool look(Test passes) {
    found_ = is_inside_ || (depth_apart_ == 0 && takes_next() && is_there()) ? passes() : false;
    return !found_;
  }
  bool enter(bool is_array) {
    if (depth_apart_ > 0) {
      ++depth_apart_;
    } else if (!takes_next()) {
      depth_apart_ = 1;
    } else if (is_there()) {
      depth_apart_ = 1;
      is_inside_ = true;
    } else {
      way_.push_back({is_array});
    }
    return true;
  }
  bool leave() {
    if (depth_apart_ == 0) {
      way_.pop_back();
    } else if (--depth_apart_ == 0) {
      is_inside_ = false;
    }
    return true;
  }

  const Pointer& pointer_;
  const ValueTest& test_;
  std::vector<Step> way_;        // never longer than the pointer
  std::size_t depth_apart_ = 0;  // in what lies beside the way, or at its end
  bool is_inside_ = false;       // at its end
  bool found_ = false;
  bool broken_ = false;
};

}  // namespace

std::vector<std::string> parse_pointer(std::string_view name, std::string_view text) {
  std::vector<std::string> parts;
  try {
    for (nlohmann::json::json_pointer left{std::string(text)}; !left.empty(); left.pop_back()) {
      parts.insert(parts.begin(), left.back());
    }
  } catch (const nlohmann::json::exception&) {
    throw usage_error(std::string(name) + ": " + argument_text(text) +
                      " is not a JSON pointer such as /id or /items/0/id");
  }
  return parts;
}

bool holds_value(const std::string& json, const std::vector<std::string>& pointer,
                 const ValueTest& test) {
  Pointer way(pointer.begin(), pointer.end());
  Search search(way, test);
  nlohmann::json::sax_parse(json, &search);
  if (search.is_broken()) {
    return pointer.empty() && test.text(json);
  }
  if (search.has_found() || pointer.empty()) {
    return search.has_found();
  }
  way.insert(way.begin(), std::nullopt);
  Search of_items(way, test);
  nlohmann::json::sax_parse(json, &of_items);
  return of_items.has_found();
}

}  // namespace crier::cli
