// SPDX-License-Identifier: MIT
#include "history/event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace crier::history {

namespace {

struct Form {
  Kind kind;
  std::string_view name;
  std::string_view fields;  // n: node, b: began, i: id, e: entry, f, l: first and last, k: keys,
                            // v: version, y: yes or no
};

constexpr std::array kForms{
    Form{Kind::start, "start", "n"},
    Form{Kind::stop, "stop", "n"},
    Form{Kind::publish, "publish", "nieflk"},
    Form{Kind::failed, "failed", "i"},
    Form{Kind::committed, "committed", "i"},
    Form{Kind::acknowledged, "acknowledged", "nie"},
    Form{Kind::applied, "applied", "nek"},
    Form{Kind::at, "at", "ne"},
    Form{Kind::resync, "resync", "ne"},
    Form{Kind::load, "load", "nbkv"},
    Form{Kind::read, "read", "nbkv"},
    Form{Kind::waited, "waited", "nbey"},
    Form{Kind::restore, "restore", "befl"},
    Form{Kind::kill, "kill", "n"},
    Form{Kind::pause, "pause", "n"},
    Form{Kind::resume, "resume", "n"},
    Form{Kind::clone, "clone", "n"},
    Form{Kind::schema, "schema", "n"},
    Form{Kind::end, "end", ""},
};

const Form& form_of(Kind kind) { return kForms.at(static_cast<std::size_t>(kind)); }

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  if (word.empty()) {
    throw std::invalid_argument("a field is missing");
  }
  return word;
}

std::int64_t number(std::string_view word) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < 0) {
    throw std::invalid_argument("'" + std::string(word) + "' is no number of 0 or above");
  }
  return value;
}

bool answer(std::string_view word) {
  if (word != "yes" && word != "no") {
    throw std::invalid_argument("'" + std::string(word) + "' is neither yes nor no");
  }
  return word == "yes";
}

void put(Event& event, char field, std::string_view word) {
  switch (field) {
    case 'n':
      event.node = word;
      break;
    case 'b':
      event.began = number(word);
      break;
    case 'i':
      event.id = word;
      break;
    case 'e':
      event.entry = number(word);
      break;
    case 'f':
      event.first = number(word);
      break;
    case 'l':
      event.last = number(word);
      break;
    case 'k':
      event.keys = split(word);
      break;
    case 'v':
      event.version = number(word);
      break;
    default:
      event.yes = answer(word);
  }
}

std::string text_of(const Event& event, char field) {
  switch (field) {
    case 'n':
      return event.node;
    case 'b':
      return std::to_string(event.began == 0 ? event.time : event.began);
    case 'i':
      return event.id;
    case 'e':
      return std::to_string(event.entry);
    case 'f':
      return std::to_string(event.first);
    case 'l':
      return std::to_string(event.last);
    case 'k': {
      std::string all;
      for (const std::string& key : event.keys) {
        all += (all.empty() ? "" : ",") + key;
      }
      return all;
    }
    case 'v':
      return std::to_string(event.version);
    default:
      return event.yes ? "yes" : "no";
  }
}

}  // namespace

std::string_view to_string(Kind kind) noexcept { return form_of(kind).name; }

std::string all_of(std::string_view key) {
  return std::string(key.substr(0, key.find('/'))) + "/*";
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    parts.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string print(const Event& event) {
  const Form& form = form_of(event.kind);
  std::string line = std::to_string(event.time) + ' ' + std::string(form.name);
  for (const char field : form.fields) {
    line += ' ' + text_of(event, field);
  }
  return line;
}

Event parse(std::string_view line) {
  Event event;
  event.time = number(take_word(line));
  const std::string_view name = take_word(line);
  const auto form = std::find_if(kForms.begin(), kForms.end(),
                                 [name](const Form& one) { return one.name == name; });
  if (form == kForms.end()) {
    throw std::invalid_argument("'" + std::string(name) + "' is no event");
  }
  event.kind = form->kind;
  for (const char field : form->fields) {
    put(event, field, take_word(line));
  }
  if (!line.empty()) {
    throw std::invalid_argument("'" + std::string(line) + "' is more than an event of '" +
                                std::string(name) + "' has");
  }
  if (event.first > event.last || event.began > event.time) {
    throw std::invalid_argument("it ends before it began");
  }
  return event;
}

}  // namespace crier::history
