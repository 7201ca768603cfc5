// SPDX-License-Identifier: MIT
#include "shells/drawn_screen.hpp"

#include <algorithm>
#include <utility>

namespace crier::test {

namespace {

std::size_t length_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// The sequence at the beginning of `text`; empty if its end is yet to come.
std::string_view sequence_of(std::string_view text) {
  if (text.size() < 2) {
    return {};
  }
  if (text[1] == ']') {  // a title, which ends with BEL
    const std::size_t end = text.find('\a');
    return end == text.npos ? std::string_view() : text.substr(0, end + 1);
  }
  if (text[1] != '[') {
    return text.substr(0, 2);
  }
  const auto* const end =
      std::find_if(text.begin() + 2, text.end(), [](char c) { return c >= '@' && c <= '~'; });
  return end == text.end() ? std::string_view()
                           : text.substr(0, static_cast<std::size_t>(end - text.begin()) + 1);
}

}  // namespace

DrawnScreen::DrawnScreen(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns) {
  resize(rows, columns);
}

void DrawnScreen::resize(std::size_t rows, std::size_t columns) {
  rows_ = rows;
  columns_ = columns;
  for (Grid* const grid : {&main_, &alternate_}) {
    grid->resize(rows);
    for (auto& row : *grid) {
      row.resize(columns, " ");
    }
  }
  row_ = std::min(row_, rows - 1);
  column_ = std::min(column_, columns - 1);
}

void DrawnScreen::write(std::string_view bytes) {
  const std::string all = std::exchange(pending_, {}).append(bytes);
  for (std::string_view rest = all; !rest.empty();) {
    std::size_t used = 1;
    if (rest.front() == '\x1b') {
      const std::string_view sequence = sequence_of(rest);
      if (sequence.empty()) {
        pending_ = rest;
        return;
      }
      obey(sequence);
      used = sequence.size();
    } else if (rest.front() == '\r') {
      column_ = 0;
    } else if (rest.front() == '\n') {
      if (row_ + 1 < rows_) {
        ++row_;
      } else {  // it scrolls
        overflows_ += is_alternate_ ? 1 : 0;
        grid().erase(grid().begin());
        grid().emplace_back(columns_, " ");
      }
    } else if (rest.front() == '\b') {
      column_ -= std::min<std::size_t>(column_, 1);
    } else if (static_cast<unsigned char>(rest.front()) >= ' ') {
      used = length_of_character(rest.front());
      if (used > rest.size()) {
        pending_ = rest;
        return;
      }
      put(rest.substr(0, used));
    }
    rest.remove_prefix(used);
  }
}

void DrawnScreen::put(std::string_view character) {
  if (column_ == columns_) {
    overflows_ += is_alternate_ ? 1 : 0;
    column_ = 0;  // good enough: a test that sees it fails
    row_ = std::min(row_ + 1, rows_ - 1);
  }
  grid()[row_][column_++] = character;
}

void DrawnScreen::wipe(std::size_t row, std::size_t from) {
  std::fill(grid()[row].begin() + static_cast<std::ptrdiff_t>(std::min(from, columns_)),
            grid()[row].end(), " ");
}

void DrawnScreen::obey(std::string_view sequence) {
  // Behind the last character of a full row the cursor still stands on that.
  const std::size_t here = std::min(column_, columns_ - 1);
  if (sequence.starts_with("\x1b[?")) {
    set_mode(sequence.substr(3, sequence.size() - 4), sequence.back() == 'h');
  } else if (sequence == "\x1b[H") {
    row_ = column_ = 0;
  } else if (sequence == "\x1b[K") {
    wipe(row_, here);
  } else if (sequence == "\x1b[J" || sequence == "\x1b[2J") {
    wipe(row_, sequence == "\x1b[J" ? here : 0);
    for (std::size_t row = sequence == "\x1b[J" ? row_ + 1 : 0; row < rows_; ++row) {
      wipe(row, 0);
    }
  } else if (sequence.starts_with("\x1b[") && sequence.back() == 'm') {
    ++colours_;
  } else {
    unknown_.emplace_back(sequence.substr(1));
  }
}

void DrawnScreen::set_mode(std::string_view mode, bool on) {
  if (mode == "1049") {
    is_alternate_ = on;
  } else if (mode == "25") {
    has_cursor_ = on;
  } else if (mode == "7") {
    wraps_ = on;
  } else {
    unknown_.emplace_back(mode);
  }
}

std::vector<std::string> DrawnScreen::lines() const {
  std::vector<std::string> lines;
  for (const auto& row : is_alternate_ ? alternate_ : main_) {
    std::string& line = lines.emplace_back();
    for (const std::string& character : row) {
      line += character;
    }
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return lines;
}

}  // namespace crier::test
