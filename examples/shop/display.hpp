// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace shop {

// Standard output. A terminal that is large enough is one screen that is drawn again and again;
// anything else gets a line for each thing that happens. One at a time, on one thread.
class Display {
 public:
  Display();
  // Leaves the terminal as it was.
  ~Display() { leave(); }
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  // Whether text may have colours: on a terminal, unless NO_COLOR is set.
  [[nodiscard]] bool has_colours() const { return has_colours_; }

  // Shown on a screen, in place of what is there. At most 80 columns and 24 lines.
  void draw(const std::vector<std::string>& lines);
  // Said if there is no screen.
  void tell(const std::string& line) const;
  // What is printed from now on stays. No screen any more.
  void leave();

 private:
  bool has_colours_;
  bool is_screen_;
};

}  // namespace shop
