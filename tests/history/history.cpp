// SPDX-License-Identifier: MIT
#include "history/history.hpp"

#include "history/recorder.hpp"

#include <fstream>
#include <memory>
#include <queue>
#include <utility>

namespace crier::history {

namespace {

constexpr std::size_t kPart = 64 * 1024;

}  // namespace

File::File(std::string path) : path_(std::move(path)) {
  check_header();
  advance();
}

void File::fail(const std::string& what) const {
  throw Unreadable(path_ + ':' + std::to_string(line_) + ": " + what);
}

bool File::take_line(std::string& line) {
  std::size_t end = 0;
  while ((end = text_.find('\n', begin_)) == std::string::npos) {
    text_.erase(0, std::exchange(begin_, 0));
    std::ifstream file(path_, std::ios::binary);
    if (!file) {
      fail("it can't be opened");
    }
    file.seekg(static_cast<std::streamoff>(offset_));
    std::string part(kPart, '\0');
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    part.resize(static_cast<std::size_t>(file.gcount()));
    if (part.empty()) {
      cut_ = !text_.empty();
      line_ += cut_ ? 1 : 0;
      return false;
    }
    offset_ += part.size();
    text_ += part;
  }
  line.assign(text_, begin_, end - begin_);
  begin_ = end + 1;
  ++line_;
  return true;
}

void File::check_header() {
  std::string line;
  if (!take_line(line)) {
    line_ = 1;
    fail("it is cut: a history begins with '" + std::string(kHeader) + "PROCESS'");
  }
  if (!line.starts_with(kHeader)) {
    fail("'" + line + "' is not how a history of this version begins: '" + std::string(kHeader) +
         "PROCESS'");
  }
  process_ = line.substr(kHeader.size());
  if (process_.empty() || process_.find(' ') != std::string::npos) {
    fail("'" + process_ + "' is no name of a process");
  }
}

void File::advance() {
  std::string line;
  const std::int64_t before = event_.time;
  const bool ended = has_event_ && event_.kind == Kind::end;
  has_event_ = take_line(line);
  if (!has_event_) {
    return;
  }
  try {
    event_ = parse(line);
  } catch (const std::invalid_argument& error) {
    fail(error.what());
  }
  if (ended) {
    fail("it goes on after its end");
  }
  if (event_.time < before) {
    fail("its time is before that of the line before");
  }
  check_order();
}

void File::check_order() {
  switch (event_.kind) {
    case Kind::start:
      if (!nodes_.insert(event_.node).second) {
        fail(event_.node + " starts while it runs");
      }
      break;
    case Kind::stop:
      if (nodes_.erase(event_.node) == 0) {
        fail(event_.node + " stops, and has not started");
      }
      break;
    case Kind::publish:
      if (!changes_.emplace(event_.id, false).second) {
        fail("change " + event_.id + " is made twice");
      }
      break;
    case Kind::failed:
    case Kind::acknowledged: {
      const auto change = changes_.find(event_.id);
      if (change == changes_.end()) {
        fail("change " + event_.id + " has an outcome, and was not made");
      }
      if (std::exchange(change->second, true)) {
        fail("change " + event_.id + " has two outcomes");
      }
      break;
    }
    case Kind::applied:
    case Kind::at:
    case Kind::resync:
    case Kind::load:
    case Kind::read:
      if (!nodes_.contains(event_.node)) {
        fail(event_.node + " does something, and does not run");
      }
      break;
    default:
      break;
  }
}

void File::require_end(bool killed) const {
  if (!killed && (cut_ || event_.kind != Kind::end)) {
    fail(std::string("it is cut") + (cut_ ? " in the middle of a line" : ": its end is missing") +
         ", and nobody has killed " + process_);
  }
}

void merge(const std::vector<std::string>& paths, const std::function<void(const Event&)>& take) {
  std::vector<std::unique_ptr<File>> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) {
    files.push_back(std::make_unique<File>(path));
  }
  using Next = std::pair<std::int64_t, std::size_t>;  // when, and in which file
  std::priority_queue<Next, std::vector<Next>, std::greater<>> next;
  const auto queue = [&](std::size_t i) {
    if (files[i]->has_event()) {
      next.emplace(files[i]->event().time, i);
    }
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    queue(i);
  }
  std::set<std::string> killed;
  while (!next.empty()) {
    const std::size_t i = next.top().second;
    next.pop();
    if (files[i]->event().kind == Kind::kill) {
      killed.insert(files[i]->event().node);
    }
    take(files[i]->event());
    files[i]->advance();
    queue(i);
  }
  for (const auto& file : files) {
    file->require_end(killed.contains(file->process()));
  }
}

}  // namespace crier::history
