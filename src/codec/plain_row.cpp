// SPDX-License-Identifier: MIT
#include "codec/plain_row.hpp"

#include "codec/element.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <simdjson.h>
#include <utility>

namespace crier {
namespace {

namespace sj = simdjson::ondemand;

// Larger rows gain little by it, and would leave the thread with buffers several times their size.
constexpr std::size_t kMaxBytes = 16 * 1024;

// Kept by each thread that decodes: making it anew costs more than reading a row.
struct Workspace {
  sj::parser parser;
  std::array<char, kMaxBytes + simdjson::SIMDJSON_PADDING> text;
};

bool read_value(sj::value value, Element& element) {
  sj::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) {
    return false;
  }
  if (type == sj::json_type::number) {
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS) {
      return false;
    }
    element.take(number);
    return true;
  }
  if (type == sj::json_type::null) {
    bool is_null = false;  // as good as missing
    return value.is_null().get(is_null) == simdjson::SUCCESS && is_null;
  }
  std::string_view string;
  if (type != sj::json_type::string || value.get_string().get(string) != simdjson::SUCCESS) {
    return false;
  }
  element.take(string);
  return true;
}

bool read_object(sj::object object, Element& element) {
  for (auto next : object) {
    sj::field field;
    std::string_view name;
    if (std::move(next).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(name) != simdjson::SUCCESS) {
      return false;
    }
    element.key(name);
    if (!read_value(field.value(), element)) {
      return false;
    }
  }
  return true;
}

bool read_array(sj::document& document, std::vector<Instruction>& instructions) {
  sj::array array;
  if (document.get_array().get(array) != simdjson::SUCCESS) {
    return false;
  }
  for (auto next : array) {
    sj::object object;
    Element element;
    if (next.get_object().get(object) != simdjson::SUCCESS || !read_object(object, element)) {
      return false;
    }
    std::optional<Instruction> instruction = element.finish();
    if (!instruction) {
      return false;
    }
    instructions.push_back(std::move(*instruction));
  }
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing follows
}

}  // namespace

bool read_plain_row(std::string_view text, std::vector<Instruction>& instructions) {
  if (text.empty() || text.size() > kMaxBytes) {
    return false;
  }
  thread_local const auto workspace = std::make_unique<Workspace>();
  std::memcpy(workspace->text.data(), text.data(), text.size());
  sj::document document;
  return workspace->parser.iterate(workspace->text.data(), text.size(), workspace->text.size())
                 .get(document) == simdjson::SUCCESS &&
         read_array(document, instructions);
}

}  // namespace crier
