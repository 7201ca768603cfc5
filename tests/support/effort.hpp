// SPDX-License-Identifier: MIT
#pragma once

namespace crier::test {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CRIER_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CRIER_TEST_SANITIZED
#endif

// Whether a sanitizer looks on. Everything takes ten times as long then, and what it finds in the
// whole of a long walk it finds in a part as well: every case runs, and the longest do less.
#ifdef CRIER_TEST_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// For strings that are larger than any buffer.
inline constexpr unsigned kHugeBytes = (kSanitized ? 1 : 10) * 1024 * 1024;

}  // namespace crier::test
