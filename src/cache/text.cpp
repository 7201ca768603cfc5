// SPDX-License-Identifier: MIT
#include "cache/text.hpp"

#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include "base/utf8.hpp"

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <string>

namespace crier {

namespace {

std::string name_of(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return name == nullptr ? type.name() : name.get();
}

}  // namespace

void check_text_key(std::string_view key, std::string_view cache, const char* operation) {
  const auto refuse = [&](const std::string& why) {
    throw Error(operation, "a key of cache " + std::string(cache) + " is " + why,
                Error::Kind::invalid_argument);
  };
  if (key.empty()) {
    refuse("empty");
  }
  if (key.size() > kMaxCacheKeyBytes) {
    refuse(std::to_string(key.size()) + " bytes long; it may have " +
           std::to_string(kMaxCacheKeyBytes));
  }
  if (!is_utf8(key)) {
    refuse("not UTF-8");
  }
}

void check_type(const CacheType& is, const CacheType& asked, std::string_view key,
                std::string_view cache) {
  if (&is != &asked && is.info != asked.info) {
    throw Error("get",
                "key " + std::string(key) + " of cache " + std::string(cache) + " holds a " +
                    name_of(is.info) + ", not a " + name_of(asked.info),
                Error::Kind::invalid_argument);
  }
}

}  // namespace crier
