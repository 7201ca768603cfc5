// SPDX-License-Identifier: MIT
// The pages that show nothing of the log.
#include "serve/layout.hpp"
#include "serve/pages.hpp"

namespace crier::cli {

WebPage login_page(const PageRequest& request, const std::string& to, bool was_wrong) {
  Html body = element("h1", "Log in");
  if (was_wrong) {
    body += notice("problem", "There is no such token.");
  }
  body += post_form(request, "/login", {{"to", to}},
                    {element("label", {element("span", "Token"),
                                       lone_element("input", {{"name", "token"},
                                                              {"type", "password"},
                                                              {"autocomplete", "current-password"},
                                                              {"required", ""},
                                                              {"autofocus", ""}})}),
                     button("Log in", "main")});
  body += element("p", {{"class", "faint"}},
                  "A token stands in the file that the server was started with (--token-file).");
  return {.title = "Log in", .body = body, .status = was_wrong ? 403U : 401U};
}

WebPage error_page(unsigned status, const std::string& sentence) {
  const char* const title = status == 503   ? "Could not look"
                            : status == 404 ? "Not found"
                            : status < 500  ? "That can't be done"
                                            : "That went wrong";
  // What is out of reach may come back.
  return {.title = title,
          .body = {element("h1", title), notice("problem", sentence)},
          .status = status,
          .is_redrawn = status == 503};
}

}  // namespace crier::cli
