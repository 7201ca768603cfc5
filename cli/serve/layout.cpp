// SPDX-License-Identifier: MIT
#include "serve/layout.hpp"

#include <crier/version.hpp>

#include <array>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPages{
    {{"/", "Overview"},
     {"/nodes", "Nodes"},
     {"/log", "Log"},
     {"/live", "Live"},
     {"/explain", "Explain"},
     {"/failures", "Failures"},
     {"/events", "Events"},
     {"/runbook", "Runbook"}}};

Html head_of(const WebPage& page, const Site& site, bool is_known) {
  Html html{
      lone_element("meta", {{"charset", "utf-8"}}),
      lone_element("meta",
                   {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
      lone_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
      element("title",
              page.title + " · crier" + (is_known ? " · " + site.access.store().name() : "")),
      lone_element("link", {{"rel", "icon"}, {"href", "/icon.svg"}, {"type", "image/svg+xml"}}),
      lone_element("link", {{"rel", "stylesheet"}, {"href", "/serve.css"}}),
      element("script", {{"src", "/serve.js"}, {"defer", ""}}, {})};
  if (page.is_redrawn) {
    html +=
        element("noscript", lone_element("meta", {{"http-equiv", "refresh"}, {"content", "5"}}));
  }
  return html;
}

Html navigation(std::string_view path) {
  Html links;
  for (const auto& [target, name] : kPages) {
    Attributes attributes{{"href", std::string(target)}};
    if (target == path) {
      attributes.emplace_back("aria-current", "page");
    }
    links += element("a", attributes, name);
  }
  return element("nav", {{"aria-label", "Pages"}}, links);
}

Html header(const Site& site, std::string_view path, bool is_known) {
  const Html brand = element(
      "a", {{"class", "brand"}, {"href", "/"}},
      {lone_element("img", {{"src", "/icon.svg"}, {"alt", ""}, {"width", "24"}, {"height", "24"}}),
       element("b", "crier")});
  return element(
      "header",
      element("div", {{"class", "bar"}},
              is_known ? Html{brand, navigation(path),
                              element("span", {{"class", "store"}}, site.access.store().name())}
                       : brand));
}

Html footer(const PageRequest& request) {
  const Site& site = request.site;
  const std::string& who = request.visitor.who;
  if (who.empty()) {
    return element("footer", "crier");
  }
  Html html{element("span", "crier " + std::string(version())),
            element("span", site.allow_actions ? "actions allowed" : "read-only"),
            element("span", "times are in UTC"), element("span", {"you are ", element("b", who)})};
  if (site.gate.is_locked()) {
    html += post_form(request, "/logout", {}, button("Log out", "quiet"));
  }
  return element("footer", html);
}

}  // namespace

std::string whole_page(const WebPage& page, const PageRequest& request) {
  const Site& site = request.site;
  const bool is_known = !request.visitor.who.empty();
  Attributes main{{"id", "main"}};
  if (page.is_redrawn) {
    main.emplace_back("data-redrawn", "");
  }
  const Html html = element(
      "html", {{"lang", "en"}},
      {element("head", head_of(page, site, is_known)),
       element("body", {element("a", {{"class", "skip"}, {"href", "#main"}}, "To the content"),
                        header(site, request.http.path, is_known), element("main", main, page.body),
                        footer(request)})});
  return "<!doctype html>\n" + html.markup() + '\n';
}

Html post_form(const PageRequest& request, const std::string& path, const HttpFields& fields,
               const Html& content) {
  Html inside = lone_element(
      "input", {{"type", "hidden"}, {"name", "secret"}, {"value", request.visitor.form_secret}});
  for (const auto& [name, value] : fields) {
    inside += lone_element("input", {{"type", "hidden"}, {"name", name}, {"value", value}});
  }
  inside += content;
  return element("form", {{"method", "post"}, {"action", path}}, inside);
}

Html button(const Html& content, std::string_view kind) {
  return element("button", {{"type", "submit"}, {"class", std::string(kind)}}, content);
}

Html text_field(const std::string& name, const Html& label, const std::string& value,
                const std::string& hint, const std::set<std::string>& offered) {
  Attributes attributes{{"name", name},
                        {"value", value},
                        {"placeholder", hint},
                        {"autocomplete", "off"},
                        {"spellcheck", "false"}};
  Html list;
  if (!offered.empty()) {
    attributes.emplace_back("list", name + "-offered");
    for (const std::string& one : offered) {
      list += lone_element("option", {{"value", one}});
    }
    list = element("datalist", {{"id", name + "-offered"}}, list);
  }
  return element("label", {element("span", label), lone_element("input", attributes), list});
}

Html check_box(const std::string& name, const Html& label, bool is_checked) {
  Attributes attributes{{"type", "checkbox"}, {"name", name}, {"value", "1"}};
  if (is_checked) {
    attributes.emplace_back("checked", "");
  }
  return element("label", {{"class", "check"}}, {lone_element("input", attributes), label});
}

Html html_row(const std::vector<std::string>& titles, const HtmlRow& row) {
  Html cells;
  for (std::size_t i = 0; i < row.size(); ++i) {
    Attributes attributes{{"data-title", titles[i]}};
    if (!row[i].style.empty()) {
      attributes.emplace_back("class", row[i].style);
    }
    cells += element("td", attributes, row[i].content);
  }
  return element("tr", cells);
}

Html html_table(const std::vector<std::string>& titles, const std::vector<HtmlRow>& rows,
                const Attributes& body) {
  Html head_cells, body_rows;
  for (const std::string& title : titles) {
    head_cells += element("th", {{"scope", "col"}}, title);
  }
  for (const HtmlRow& row : rows) {
    body_rows += html_row(titles, row);
  }
  return element("div", {{"class", "scroll"}},
                 element("table", {element("thead", element("tr", head_cells)),
                                   element("tbody", body, body_rows)}));
}

Html chip(std::string_view kind, const Html& content) {
  return element("span", {{"class", "chip " + std::string(kind)}}, content);
}

Html notice(std::string_view kind, const Html& content) {
  return element("div", {{"class", "notice " + std::string(kind)}, {"role", "status"}}, content);
}

Html section(const Html& title, const Html& content) {
  return element("section", {element("h2", title), content});
}

}  // namespace crier::cli
