// SPDX-License-Identifier: MIT
#include "codec/any_row.hpp"

#include "base/quoting.hpp"
#include "codec/element.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

namespace crier {
namespace {

// A row may hold millions of bad elements: past so many, one last problem stands for the others.
constexpr std::size_t kMaxProblems = 1000;
// What is shown before the place where a text goes wrong, in bytes.
constexpr std::size_t kShownBefore = 20;

// Walks the text, and lets the reader see how far the parser has come: so it can cut out whole what
// it doesn't take apart.
struct TrackedIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** seen;

  reference operator*() const { return *at; }
  TrackedIterator& operator++() {
    *seen = ++at;
    return *this;
  }
  bool operator==(const TrackedIterator& other) const { return at == other.at; }
};

// Takes the parser's events. No tree is built and nothing recurses, so deep nesting costs little.
class RowReader final {
 public:
  explicit RowReader(std::string_view text) : text_(text), position_(text.data()) {}

  Decoded read() && {
    // To the parser a NUL is the end of the text, whatever follows it.
    if (const std::size_t nul = text_.find('\0'); nul != std::string_view::npos) {
      not_json(nul + 1);
    } else {
      nlohmann::json::sax_parse(TrackedIterator{text_.data(), &position_},
                                TrackedIterator{text_.data() + text_.size(), &position_}, this,
                                nlohmann::json::input_format_t::json, /*strict=*/true,
                                /*ignore_comments=*/true);
    }
    return std::move(decoded_);
  }

  bool null() { return open_ > 0 || stray("null"); }
  bool boolean(bool) { return refuse("a boolean"); }
  bool number_float(double, const std::string&) {
    return refuse("a number with a fraction or beyond 64 bits");
  }
  bool number_unsigned(std::uint64_t value) {
    return value > std::numeric_limits<std::int64_t>::max()
               ? refuse("a number beyond 64 bits")
               : number_integer(static_cast<std::int64_t>(value));
  }
  bool number_integer(std::int64_t value) {
    if (open_ != 1) {
      return refuse("a number");
    }
    element_.take(value);
    return true;
  }
  bool string(std::string& value) {
    if (open_ != 1) {
      return refuse("a string");
    }
    element_.take(std::string_view(value));
    return true;
  }
  bool binary(nlohmann::json::binary_t&) { return false; }  // JSON text has none

  bool key(std::string& name) {
    if (open_ == 1) {
      element_.key(name);
    }
    return true;
  }
  bool start_object(std::size_t) {
    if (open_ == 0) {
      if (depth_ == 0) {
        return stray("an object");
      }
      ++number_;
      element_ = {};
    }
    open();
    return true;
  }
  bool end_object() {
    --open_;
    if (open_ == 1) {
      element_.take_object(nested());
    } else if (open_ == 0) {
      finish();
    }
    return true;
  }
  bool start_array(std::size_t) {
    if (open_ == 0) {
      ++depth_;
    } else {
      open();
    }
    return true;
  }
  bool end_array() {
    if (open_ == 0) {
      --depth_;
    } else if (--open_ == 1) {
      element_.take_array(nested());
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    not_json(std::min(position, text_.size()));
    return false;
  }

 private:
  void open() {
    if (open_ == 1) {
      nested_from_ = position_ - 1;
    }
    ++open_;
  }

  [[nodiscard]] std::string_view nested() const { return {nested_from_, position_}; }

  // A value of a kind that is of no use here. True: read on.
  bool refuse(std::string_view kind) {
    if (open_ == 1) {
      element_.refuse(kind);
    }
    return open_ > 0 || stray(kind);
  }

  // A value where an instruction belongs, or in place of the whole array. True: read on.
  bool stray(std::string_view kind) {
    if (depth_ == 0) {
      add({"The text is " + std::string(kind) + ", not an array of instructions.", {}});
      return false;
    }
    ++number_;
    add({"Element " + std::to_string(number_) + " is " + std::string(kind) +
             ", not an instruction.",
         {}});
    return true;
  }

  void finish() {
    if (!element_.finish(decoded_.instructions.emplace_back())) {
      decoded_.instructions.pop_back();
      add(element_.problem(number_));
    }
    if (element_.chain().size() > decoded_.chain.size()) {
      decoded_.chain = std::move(element_.chain());
    }
  }

  void add(DecodeProblem problem) {
    if (decoded_.problems.size() < kMaxProblems) {
      decoded_.problems.push_back(std::move(problem));
    } else if (decoded_.problems.size() == kMaxProblems) {
      decoded_.problems.push_back({"More elements can't be read than are listed.", {}});
    }
  }

  void not_json(std::size_t position) {
    const std::size_t from = position > kShownBefore ? position - kShownBefore : 0;
    decoded_ = {};
    add({text_.empty() ? std::string("The text is empty, not an array of instructions.")
                       : "The text is not JSON: it can't be read at byte " +
                             std::to_string(position) + " of " + std::to_string(text_.size()) +
                             ", near " + quoted_start(text_.substr(from)) + '.',
         {}});
  }

  std::string_view text_;
  const char* position_;               // how far the parser has come in it
  const char* nested_from_ = nullptr;  // where a field's array or object begins
  std::size_t depth_ = 0;              // arrays that are open around the instructions
  std::size_t open_ = 0;               // the instruction's object, and what is open inside it
  std::size_t number_ = 0;             // of the element, from 1
  Element element_;
  Decoded decoded_;
};

}  // namespace

Decoded read_any_row(std::string_view text) { return RowReader(text).read(); }

}  // namespace crier
