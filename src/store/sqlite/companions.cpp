// SPDX-License-Identifier: MIT
#include "store/sqlite/companions.hpp"

#include "base/plain_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace crier::sqlite {
namespace {

using namespace std::string_view_literals;

// https://www.sqlite.org/fileformat2.html, sections 3 and 4.1. The last byte of a log's tells the
// order of the bytes in its checksums.
constexpr std::string_view kJournalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"sv;
constexpr std::string_view kLogMagic = "\x37\x7f\x06"sv;

// Whether it begins neither so, nor with the zeros of one that is being made or was given up. Of
// what can't be read SQLite will say why.
bool begins_otherwise(const std::string& path, std::string_view magic) {
  const PlainFile file(path, O_RDONLY);
  std::array<char, kJournalMagic.size()> bytes{};
  const ssize_t count = file.is_open() ? ::pread(file.fd(), bytes.data(), magic.size(), 0) : 0;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return text != magic.substr(0, text.size()) &&
         text.find_first_not_of('\0') != std::string_view::npos;
}

// It grows by pages, and is cut to 3 bytes or none by who opens it first.
bool is_no_index(const struct stat& file) {
  constexpr off_t kCut = 3, kPage = 4096;
  return file.st_size > kCut && file.st_size % kPage != 0;
}

std::string fault_of(const std::string& path, std::string_view suffix) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) {
    return {};
  }
  if (S_ISLNK(file.st_mode)) {
    return file_error_text(ELOOP);
  }
  if (!S_ISREG(file.st_mode)) {
    return file_error_text(ENXIO);
  }
  if (file.st_nlink > 1) {
    return file_error_text(EMLINK);
  }
  const bool is_somebodys = suffix == "-shm"   ? is_no_index(file)
                            : suffix == "-wal" ? begins_otherwise(path, kLogMagic)
                                               : begins_otherwise(path, kJournalMagic);
  return is_somebodys ? "it is none of SQLite's, but somebody's file; move it away" : "";
}

}  // namespace

std::string real_path(const std::string& database) {
  std::error_code failed;
  const std::string real = std::filesystem::canonical(database, failed).string();
  return failed ? database : real;
}

std::string companion_fault(const std::string& database) {
  const std::string real = real_path(database);
  for (const std::string_view suffix : {"-wal", "-shm", "-journal"}) {
    const std::string path = real + std::string(suffix);
    if (const std::string fault = fault_of(path, suffix); !fault.empty()) {
      return "can't use '" + path + "', where SQLite keeps a file beside the database: " + fault;
    }
  }
  return {};
}

bool lacks_index(const std::string& database) {
  const std::string real = real_path(database);
  struct stat file {};
  return faccessat(AT_FDCWD, (real + "-wal").c_str(), R_OK, AT_EACCESS) == 0 &&
         ::lstat((real + "-shm").c_str(), &file) != 0 && errno == ENOENT;
}

}  // namespace crier::sqlite
