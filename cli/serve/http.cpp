// SPDX-License-Identifier: MIT
#include "serve/http.hpp"

#include "base/ascii.hpp"
#include "base/hex.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

std::optional<std::string> value_of(const HttpFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &HttpFields::value_type::first);
  return found == fields.end() || found->second.empty() ? std::nullopt
                                                        : std::optional(found->second);
}

std::string encoded(std::string_view text, std::string_view also_plain = {}) {
  std::string result;
  for (const char c : text) {
    if (is_ascii_letter(c) || is_ascii_digit(c) ||
        std::string_view("-_.~").find(c) != std::string_view::npos ||
        also_plain.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += '%';
      append_hex(result, static_cast<unsigned char>(c), kUpperHexDigits);
    }
  }
  return result;
}

// A '%' that is no escape stands for itself.
std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (text[i] == '%' && low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

}  // namespace

std::optional<std::string> HttpRequest::argument(std::string_view name) const {
  return value_of(query, name);
}

std::optional<std::string> HttpRequest::field(std::string_view name) const {
  return value_of(form, name);
}

std::string HttpRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [name](const auto& one) { return same_ignoring_case(one.first, name); });
  return found == headers.end() ? "" : found->second;
}

std::string HttpRequest::target() const { return http_target(path, query); }

std::string http_target(std::string_view path, const HttpFields& arguments) {
  std::string target = encoded(path, "/");
  char before = '?';
  for (const auto& [name, value] : arguments) {
    if (!value.empty()) {
      target += before + encoded(name) + '=' + encoded(value);
      before = '&';
    }
  }
  return target;
}

HttpFields read_form(std::string_view body) {
  HttpFields fields;
  while (!body.empty()) {
    const std::string_view field = body.substr(0, body.find('&'));
    const std::size_t equals = std::min(field.find('='), field.size());
    fields.emplace_back(decoded(field.substr(0, equals)),
                        decoded(field.substr(std::min(equals + 1, field.size()))));
    body.remove_prefix(std::min(field.size() + 1, body.size()));
  }
  return fields;
}

}  // namespace crier::cli
