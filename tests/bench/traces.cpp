// SPDX-License-Identifier: MIT
#include "bench/traces.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

namespace crier::bench {

namespace {

using Path = std::filesystem::path;

// By the tool, and no library: nothing else here needs one.
std::string unpacked(const Path& file) {
  const std::string tool = file.extension() == ".xz" ? "xz" : "gzip";
  const std::string command = tool + " -dc '" + file.string() + "'";
  std::string bytes;
  FILE* const pipe = popen(command.c_str(), "r");
  std::array<char, 65536> part{};
  for (std::size_t got = 1; pipe != nullptr && got > 0;) {
    got = fread(part.data(), 1, part.size(), pipe);
    bytes.append(part.data(), got);
  }
  if (pipe == nullptr || pclose(pipe) != 0) {
    throw std::runtime_error("the trace " + file.string() + " can't be unpacked by " + tool);
  }
  return bytes;
}

class Numbering {
 public:
  explicit Numbering(std::size_t most) : most_(most) {}
  [[nodiscard]] bool is_full() const { return trace_.keys.size() >= most_; }
  void add(std::uint64_t key) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    trace_.keys.push_back(numbers_.emplace(key, next).first->second);
  }
  [[nodiscard]] Trace trace(std::string name) && {
    trace_.name = std::move(name);
    trace_.distinct = static_cast<std::uint32_t>(numbers_.size());
    return std::move(trace_);
  }

 private:
  const std::size_t most_;
  Trace trace_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
};

// Big-endian whole numbers.
template <std::size_t kBytes>
void read_binary(std::string_view bytes, Numbering& into) {
  for (; bytes.size() >= kBytes && !into.is_full(); bytes.remove_prefix(kBytes)) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < kBytes; ++i) {
      key = key << 8U | static_cast<unsigned char>(bytes[i]);
    }
    into.add(key);
  }
}

// A number in each line, decimal; or one in hex after a letter, as in "l 0x1fff50 1": of it, the
// cache line of 16 bytes.
void read_lines(std::string_view text, Numbering& into) {
  while (!text.empty() && !into.is_full()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t hex = line.find("0x");
    const std::string_view digits = hex == line.npos ? line : line.substr(hex + 2);
    std::uint64_t key = 0;
    if (std::from_chars(digits.begin(), digits.end(), key, hex == line.npos ? 10 : 16).ec ==
        std::errc()) {
      into.add(hex == line.npos ? key : key >> 4U);
    }
  }
}

using Reader = void (*)(std::string_view, Numbering&);
Reader reader_of(const std::string& form) {
  const struct {
    std::string_view form;
    Reader read;
  } readers[] = {
      {"address", read_lines},   {"cache2k", read_binary<4>}, {"cloud_physics", read_binary<4>},
      {"corda", read_binary<8>}, {"lirs", read_lines},        {"scarab", read_binary<8>}};
  const auto* const found = std::ranges::find(readers, form, [](const auto& r) { return r.form; });
  return found == std::end(readers) ? nullptr : found->read;
}

}  // namespace

std::vector<Trace> read_traces(const Path& folder, std::size_t most) {
  std::vector<Path> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    const Path extension = file.path().extension();
    if ((extension == ".xz" || extension == ".gz") &&
        reader_of(file.path().parent_path().filename()) != nullptr) {
      files.push_back(file.path());
    }
  }
  if (files.empty()) {
    throw std::runtime_error("no trace in " + folder.string());
  }
  std::ranges::sort(files);
  std::vector<Trace> traces;
  for (const Path& file : files) {
    Numbering numbering(most);
    reader_of(file.parent_path().filename())(unpacked(file), numbering);
    const std::string name = file.filename();
    traces.push_back(std::move(numbering).trace(name.substr(0, name.find('.'))));
  }
  return traces;
}

}  // namespace crier::bench
