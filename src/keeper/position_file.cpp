// SPDX-License-Identifier: MIT
#include "keeper/position_file.hpp"

#include <crier/error.hpp>

#include "base/hash.hpp"

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier {

namespace {

constexpr std::string_view kFirstLine = "crier position 1\n";
// Names are bounded; what is longer is no position file.
constexpr std::size_t kMaxFileBytes = 64 * 1024;

class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] bool is_regular() const {
    struct stat status {};
    return ::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  }
  [[nodiscard]] bool read(std::string& text) const {
    std::array<char, 4096> part{};
    while (text.size() <= kMaxFileBytes) {
      const ssize_t count = ::read(fd_, part.data(), part.size());
      if (count <= 0) {
        return count == 0;
      }
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    return true;
  }
  [[nodiscard]] bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::write(fd_, text.data(), text.size());
      if (count < 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  [[nodiscard]] bool sync() const { return ::fsync(fd_) == 0; }

 private:
  const int fd_;
};

Error failed(const std::string& verb, const std::string& path) {
  return Error("keep position", "can't " + verb + " the position file '" + path +
                                    "': " + std::generic_category().message(errno));
}

std::string text_of(const Cursor& cursor, const std::string& log, const std::string& node) {
  std::array<char, 100> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "entry %" PRId64 "\nfingerprint %016" PRIx64 "\n",
                cursor.id.value, cursor.fingerprint.value);
  const std::string text =
      std::string(kFirstLine) + numbers.data() + "node " + node + "\nlog " + log + "\n";
  std::array<char, 40> checksum{};
  std::snprintf(checksum.data(), checksum.size(), "checksum %016" PRIx64 "\n", fnv1a64(text));
  return text + checksum.data();
}

}  // namespace

PositionFile::PositionFile(std::string path, std::string log, std::string node)
    : path_(std::move(path)), log_(std::move(log)), node_(std::move(node)) {}

PositionFile::Content PositionFile::load() const {
  // NONBLOCK: a pipe with nobody at its other end would hold up the start.
  const File file(path_, O_RDONLY | O_NONBLOCK);
  std::string text;
  if (!file.is_open() && errno == ENOENT) {
    return {};
  }
  if (!file.is_open() || (file.is_regular() && !file.read(text))) {
    throw failed("read", path_);
  }
  // A file without a byte is what a power failure may leave of a new one.
  if (!file.is_regular() || (!text.empty() && !text.starts_with(kFirstLine))) {
    throw Error("keep position",
                "the file '" + path_ + "' is not a position file of crier's; name another one");
  }
  Cursor cursor;
  const int read =
      std::sscanf(text.c_str(), "crier position 1 entry %" SCNd64 " fingerprint %" SCNx64,
                  &cursor.id.value, &cursor.fingerprint.value);
  if (read != 2 || text != text_of(cursor, log_, node_)) {
    return {std::nullopt, "the position file '" + path_ +
                              "' is damaged, or of another node or log, and is replaced"};
  }
  return {cursor, {}};
}

void PositionFile::save(const Cursor& cursor) const {
  const std::string next = path_ + ".new";
  {
    const File file(next, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.write(text_of(cursor, log_, node_)) || !file.sync()) {
      throw failed("write", next);
    }
  }
  if (std::rename(next.c_str(), path_.c_str()) != 0) {
    throw failed("replace", path_);
  }
  // The rename itself: a folder that can't be opened costs no more than an older position.
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const File renamed(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  static_cast<void>(renamed.is_open() && renamed.sync());
}

}  // namespace crier
