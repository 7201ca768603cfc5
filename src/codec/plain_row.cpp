// SPDX-License-Identifier: MIT
#include "codec/plain_row.hpp"

#include "codec/element.hpp"
#include "codec/scanner.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace crier {
namespace {

// The fields as writers spell them, in their order.
struct Name {
  std::string_view text;
  Element::Field field;
};
constexpr std::array kNames = {
    Name{"\"RefreshType\":", Element::Field::refresh_type},
    Name{"\"RefresherId\":", Element::Field::refresher_id},
    Name{"\"GuidId\":", Element::Field::guid_id},
    Name{"\"IntId\":", Element::Field::int_id},
    Name{"\"JsonIds\":", Element::Field::json_ids},
    Name{"\"JsonIdCount\":", Element::Field::other},
    Name{"\"JsonPayload\":", Element::Field::json_payload},
};

bool read_value(Scanner& text, Element& element) {
  if (Guid guid; element.wants_guid() && text.take_guid(guid)) {
    element.take(guid);
    return true;
  }
  if (text.take<4>("null")) {
    return true;  // as good as missing
  }
  if (std::int64_t number = 0; text.take_integer(number)) {
    element.take(number);
    return true;
  }
  std::string unescaped;
  std::string_view string;
  if (!text.take_string(string, unescaped)) {
    return false;
  }
  element.take(string);
  return true;
}

// Takes the name of the field that comes next, and passes `next` to the one behind it: each comes
// once, and in order. What doesn't is left to the other reader.
template <std::size_t... index>
bool take_name(Scanner& text, Element& element, std::size_t& next,
               std::index_sequence<index...> /*all*/) {
  const auto take = [&]<std::size_t at>() {
    if (at < next || !text.take<kNames[at].text.size()>(kNames[at].text.data())) {
      return false;
    }
    element.field(kNames[at].field);
    next = at + 1;
    return true;
  };
  return (take.template operator()<index>() || ...);
}

bool read_object(Scanner& text, Element& element) {
  if (!text.take('{')) {
    return false;
  }
  std::size_t next = 0;
  do {
    if (!take_name(text, element, next, std::make_index_sequence<kNames.size()>()) ||
        !read_value(text, element)) {
      return false;
    }
  } while (text.take(','));
  return text.take('}');
}

}  // namespace

bool read_plain_row(std::string_view row, std::vector<Instruction>& instructions) {
  Scanner text(row);
  if (!text.take('[')) {
    return false;
  }
  do {
    Element element;
    if (!read_object(text, element) || !element.finish(instructions.emplace_back())) {
      return false;
    }
  } while (text.take(','));
  return text.take(']') && text.at_end();
}

}  // namespace crier
