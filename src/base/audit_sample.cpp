// SPDX-License-Identifier: MIT
#include <crier/admin/audit.hpp>

#include "base/hash.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace crier {

namespace {

constexpr std::size_t kMostKeyBytes = 1024;
constexpr std::size_t kMostVersionBytes = 255;
constexpr std::size_t kKeysPerLook = 256;  // at the clock

std::uint64_t seed_of(std::uint64_t salt, std::string_view cache) {
  std::array<char, sizeof(salt)> bytes{};
  for (char& byte : bytes) {
    byte = static_cast<char>(salt & 0xFFU);
    salt >>= 8U;
  }
  return fnv1a64(cache, fnv1a64({bytes.data(), bytes.size()}));
}

// The same in every build. Mixed: what is below a threshold is a sample only if all bits count.
std::uint64_t hash_from(std::uint64_t seed, std::string_view key) {
  std::uint64_t hash = fnv1a64(key, seed);
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33U);
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> hashes) {
  std::ranges::sort(hashes);
  return hashes;
}

}  // namespace

std::uint64_t AuditRequest::hash_of(std::string_view of_cache,
                                    std::string_view key) const noexcept {
  return hash_from(seed_of(salt, of_cache), key);
}

AuditSample::AuditSample(const AuditRequest& request, std::string_view cache,
                         Clock::time_point ends)
    : seed_(seed_of(request.salt, cache)),
      most_(request.keys),
      hashes_(sorted(request.hashes)),
      ends_(ends),
      threshold_(std::numeric_limits<std::uint64_t>::max()) {}

void AuditSample::expect(std::size_t keys) noexcept {
  for (; keys > most_; keys /= 2) {
    threshold_ /= 2;
  }
}

bool AuditSample::includes(std::string_view key) const noexcept {
  if (is_over_ || key.empty() || key.size() > kMostKeyBytes) {
    return false;
  }
  const std::uint64_t hash = hash_from(seed_, key);
  return hashes_.empty() ? hash <= threshold_ : std::ranges::binary_search(hashes_, hash);
}

bool AuditSample::wants(std::string_view key) noexcept {
  if (++seen_ % kKeysPerLook == 0 && Clock::now() > ends_) {
    is_over_ = true;
  }
  return includes(key);
}

void AuditSample::add(std::string_view key, std::string_view version) {
  if (!includes(key) || rows_.size() >= AuditRequest::kMostKeys || !is_utf8(key) ||
      key.find('\0') != std::string_view::npos) {
    return;
  }
  rows_.push_back({std::string(key), valid_text(version, kMostVersionBytes)});
  // Halved, and not by one: then the samples of nodes that hold more and less are the same below
  // the lower threshold.
  while (hashes_.empty() && rows_.size() > most_ && threshold_ != 0) {
    threshold_ /= 2;
    std::erase_if(rows_, [this](const Row& row) { return !includes(row.key); });
  }
}

}  // namespace crier
