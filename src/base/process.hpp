// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier {

// A text that stands for this process and no other: the boot of its machine, its pid namespace (two
// containers use the same ids), its id, and when it began (ids are used again). Empty if the
// system does not tell.
[[nodiscard]] std::string this_process();

// Whether the process for which `process` stands is no more. False also if that can't be told, as
// of a process in another pid namespace, or of a text that this_process() never gives: it comes
// from a row.
[[nodiscard]] bool process_is_gone(std::string_view process);

}  // namespace crier
