// SPDX-License-Identifier: MIT
#include "serve/access_tokens.hpp"

#include <crier/error.hpp>

#include "arguments.hpp"
#include "base/file_error.hpp"
#include "base/hex.hpp"
#include "printable.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::cli {

namespace {

constexpr std::size_t kShortestToken = 16;
constexpr std::size_t kMostFileBytes = 64 * 1024;

class OpenFile {
 public:
  // O_NONBLOCK: a pipe is not waited for.
  explicit OpenFile(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (file_ >= 0) {
      ::close(file_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int number() const { return file_; }

 private:
  int file_;
};

Error token_file_error(const std::string& path, const std::string& why) {
  return usage_error("--token-file: " + in_quotes(path) + " " + why);
}

std::string read_private(const std::string& path) {
  const OpenFile file(path);
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    throw token_file_error(path, "can't be read: " + system_error_text(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw token_file_error(path, "is no regular file");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    throw token_file_error(path, "is another user's; make one of your own");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw token_file_error(
        path, "is open to other users; close it to them: chmod 600 " + in_quotes(path));
  }
  std::string text(kMostFileBytes + 1, '\0');
  const ssize_t size = ::read(file.number(), text.data(), text.size());
  if (size < 0) {
    throw token_file_error(path, "can't be read: " + system_error_text(errno));
  }
  text.resize(static_cast<std::size_t>(size));
  if (text.size() > kMostFileBytes) {
    throw token_file_error(path, "holds more than 64 KiB");
  }
  return text;
}

}  // namespace

std::vector<AccessToken> read_access_tokens(const std::string& path) {
  std::istringstream text(read_private(path));
  std::vector<AccessToken> tokens;
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    const std::string where = "line " + std::to_string(number);
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) {
      found.push_back(word);
    }
    if (found.empty() || found.front().starts_with('#')) {
      continue;
    }
    // With a token as a comment behind it, a name would be taken for one.
    if (std::ranges::any_of(found, [](const std::string& word) { return word.starts_with('#'); })) {
      throw token_file_error(path, where + ": a comment stands on a line of its own");
    }
    if (found.size() > 2) {
      throw token_file_error(path, where + ": a line holds a token, or a name and a token");
    }
    const std::string& token = found.back();
    if (token.size() < kShortestToken ||
        !std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7F; })) {
      throw token_file_error(path, where + ": a token has at least " +
                                       std::to_string(kShortestToken) +
                                       " characters of ASCII; make one with: openssl rand -hex 32");
    }
    if (const auto same = std::ranges::find(tokens, token, &AccessToken::token);
        same != tokens.end()) {  // who acts could not be told
      throw token_file_error(path, "line " + std::to_string(same->line) + " and " + where +
                                       " hold the same token; give each its own");
    }
    tokens.push_back({found.size() == 2 ? found.front() : "", token, number});
  }
  if (tokens.empty()) {
    throw token_file_error(path, "holds no token; make one with: openssl rand -hex 32");
  }
  return tokens;
}

std::string random_secret() {
  std::string bytes(32, '\0');
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error("start", "no random bytes are to be had: " + system_error_text(errno));
  }
  return hex_of(bytes);
}

bool same_secret(std::string_view a, std::string_view b) {
  bool differ = a.size() != b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    // No branch: the time tells the length alone.
    differ |= a[i] != (b.empty() ? '\0' : b[i % b.size()]);
  }
  return !differ;
}

}  // namespace crier::cli
