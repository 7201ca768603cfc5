// SPDX-License-Identifier: MIT
#include "name_cut.hpp"

#include "base/utf8.hpp"
#include "table.hpp"

#include <algorithm>
#include <set>

namespace crier::cli {

namespace {

constexpr std::string_view kEllipsis = "…";

// Where the character number `count` begins, or the end.
std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!continues_character(text[at]) && seen++ == count) {
      break;
    }
  }
  return at;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  return text.substr(0, offset_of(text, count));
}

std::string_view last_characters(std::string_view text, std::size_t count) {
  return text.substr(offset_of(text, columns_of(text) - count));
}

// Characters of the domain that all `names` end with, as ".example.com"; 0 if there is none.
std::size_t shared_domain(const std::vector<std::string>& names) {
  std::string_view shared = names.front();
  for (const std::string& name : names) {
    const auto [end, ignored] =
        std::mismatch(shared.rbegin(), shared.rend(), name.rbegin(), name.rend());
    shared.remove_prefix(static_cast<std::size_t>(shared.rend() - end));
  }
  const std::size_t dot = shared.find('.');
  return dot == std::string_view::npos ? 0 : columns_of(shared.substr(dot));
}

}  // namespace

NameCut::NameCut(std::vector<std::string> names, std::size_t columns) : columns_(columns) {
  std::erase_if(names, [&](const std::string& name) { return columns_of(name) <= columns; });
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::size_t middle = columns / 2;
  front_ = middle;
  if (names.size() < 2) {
    return;
  }
  NameCut tried = *this;
  std::size_t most = 0;
  const auto try_it = [&](std::size_t front, std::size_t dropped) {
    tried.front_ = front;
    tried.dropped_ = dropped;
    std::set<std::string> different;
    for (const std::string& name : names) {
      different.insert(tried(name));
    }
    if (different.size() > most) {
      most = different.size();
      *this = tried;
    }
  };
  for (const std::size_t dropped : {std::size_t{0}, shared_domain(names)}) {
    for (std::size_t off = 0; off <= middle && most < names.size(); ++off) {
      try_it(middle - off, dropped);
      try_it(middle + off, dropped);
    }
  }
}

std::string NameCut::operator()(std::string_view name) const {
  const std::size_t length = columns_of(name);
  if (length <= columns_) {
    return std::string(name);
  }
  const bool has_end = dropped_ == 0;
  const std::string_view kept = first_characters(name, length - std::min(dropped_, length));
  const std::size_t room = columns_ - std::min<std::size_t>(columns_, has_end ? 0 : 1);
  const std::string end(has_end ? "" : kEllipsis);
  if (columns_of(kept) <= room) {
    return std::string(kept) + end;
  }
  if (room < 2) {
    return std::string(room == 0 && has_end ? "" : kEllipsis);
  }
  const std::size_t front = std::min(front_, room - 1);
  return std::string(first_characters(kept, front)) + std::string(kEllipsis) +
         std::string(last_characters(kept, room - 1 - front)) + end;
}

}  // namespace crier::cli
