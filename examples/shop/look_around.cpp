// SPDX-License-Identifier: MIT
#include "look_around.hpp"

#include <filesystem>

namespace shop {

std::vector<std::string> look_around(const std::string& store) {
  // The build puts the tool beside the examples.
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::filesystem::path tools = self.parent_path().parent_path() / "cli";
  return {"  export PATH='" + tools.string() + "':$PATH",
          "  export CRIER_STORE='" + store + "'",
          "  crier status                 how the nodes are, and what is wrong",
          "  crier list --limit 5         the last changes",
          "  crier explain products 134   what became of the first of them, on each node",
          "  crier events                 starts, deaths and resyncs",
          "  crier top                    all of it in the terminal",
          "  crier serve                  all of it, and more, on http://127.0.0.1:8642"};
}

}  // namespace shop
