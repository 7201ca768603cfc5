// SPDX-License-Identifier: MIT
#include "keeper/position_file.hpp"

#include <crier/error.hpp>
#include <crier/guid.hpp>

#include "base/hash.hpp"
#include "base/plain_file.hpp"

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace crier {

namespace {

constexpr std::string_view kFirstLine = "crier position 1\n";
// Names are bounded; what is longer is no position file.
constexpr std::size_t kMaxFileBytes = 64 * 1024;

[[nodiscard]] bool read(int file, std::string& text) {
  std::array<char, 4096> part{};
  while (text.size() <= kMaxFileBytes) {
    const ssize_t count = ::read(file, part.data(), part.size());
    if (count <= 0) {
      return count == 0;
    }
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return true;
}

[[nodiscard]] bool write(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Error failed(const std::string& verb, const std::string& path, int error) {
  return {"keep position",
          "can't " + verb + " the position file '" + path + "': " + file_error_text(error),
          is_passing_file_error(error) ? Error::Kind::retryable : Error::Kind::failed};
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
  const PlainFile file(path_, O_RDONLY);
  if (file.error() == ENOENT) {
    return {};
  }
  std::string text;
  if (file.error() != ENXIO && (!file.is_open() || !read(file.fd(), text))) {
    throw failed("read", path_, file.is_open() ? errno : file.error());
  }
  // A file without a byte is what a power failure may leave of a new one.
  if (!file.is_open() || (!text.empty() && !text.starts_with(kFirstLine))) {
    throw Error("keep position",
                "the file '" + path_ + "' is not a position file of crier's; name another one");
  }
  // A planted one would tell this node to skip what it has not seen.
  if (file.is_anothers()) {
    return {std::nullopt,
            "the position file '" + path_ + "' belongs to another user, and is replaced"};
  }
  Cursor cursor;
  const int fields =
      std::sscanf(text.c_str(), "crier position 1 entry %" SCNd64 " fingerprint %" SCNx64,
                  &cursor.id.value, &cursor.fingerprint.value);
  if (fields != 2 || text != text_of(cursor, log_, node_)) {
    return {std::nullopt, "the position file '" + path_ +
                              "' is damaged, or of another node or log, and is replaced"};
  }
  return {cursor, {}};
}

// In place of the file comes one of a name that nobody can have taken before.
void PositionFile::save(const Cursor& cursor) const {
  const std::string next = path_ + "." + Guid::random().to_string();
  const PlainFile file(next, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!file.is_open()) {
    throw failed("write", path_, file.error());
  }
  const bool written = write(file.fd(), text_of(cursor, log_, node_)) && ::fsync(file.fd()) == 0;
  if (!written || std::rename(next.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    ::unlink(next.c_str());
    throw failed(written ? "replace" : "write", path_, error);
  }
  // The rename itself: a folder that can't be opened costs no more than an older position.
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const int renamed =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (renamed >= 0) {
    ::fsync(renamed);
    ::close(renamed);
  }
}

}  // namespace crier
