// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <optional>
#include <string>

namespace crier {

// A cursor in a file of its own, for a node that may not write to the database. A few lines of
// text, with the log and the node they are of and a checksum; replaced by rename, so that a reader
// sees the old or the new one, also after a crash or a power failure. Its folder may be one where
// others write: what they put there is neither followed nor written.
class PositionFile {
 public:
  // `log` and `node` tell whose position it is.
  PositionFile(std::string path, std::string log, std::string node);

  [[nodiscard]] const std::string& path() const { return path_; }

  struct Content {
    std::optional<Cursor> cursor;  // nothing if the file is not there or can't be used
    std::string problem;           // why it can't be: a sentence; empty if it is not there
  };
  // Throws crier::Error if the file can't be read, or is not one of crier's: then it is somebody
  // else's, and must not be replaced. So is what is no file, such as a pipe or a link. A position
  // that another user wrote is a problem: it is not believed.
  [[nodiscard]] Content load() const;

  // Throws crier::Error; the file is then as it was.
  void save(const Cursor& cursor) const;

 private:
  const std::string path_;
  const std::string log_;
  const std::string node_;
};

}  // namespace crier
