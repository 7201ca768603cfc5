// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a browser asks, and what it gets. No header of the HTTP library's is needed for that.
namespace crier::cli {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // "/log", decoded
  HttpFields query;    // decoded, as are the next
  HttpFields form;     // of a POST
  HttpFields headers;
  bool has_form = false;  // the body is that of a form

  // The first of that name; nothing if there is none, or it is empty.
  [[nodiscard]] std::optional<std::string> argument(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
  // In any case.
  [[nodiscard]] std::string header(std::string_view name) const;
  // The path with its query, encoded.
  [[nodiscard]] std::string target() const;
};

struct HttpResponse {
  // The next piece; waits for it, not for much longer than a second. Nothing: that was all.
  using Stream = std::function<std::optional<std::string>()>;

  unsigned status = 200;
  std::string body = {};
  std::string type = "text/html; charset=utf-8";
  HttpFields headers = {};
  Stream stream = {};  // in place of a body
};

// "/log?after=7": the arguments encoded; those that are empty are left out.
[[nodiscard]] std::string http_target(std::string_view path, const HttpFields& arguments = {});
// What a form sends: a=1&b=x+y.
[[nodiscard]] HttpFields read_form(std::string_view body);

}  // namespace crier::cli
