// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "board.hpp"
#include "display.hpp"
#include "half.hpp"
#include "interrupt.hpp"
#include "look_around.hpp"
#include "modes.hpp"
#include "picture.hpp"
#include "product_table.hpp"

#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace shop {
namespace {

void create_database(const std::string& url) {
  const auto store = crier::open_store(url);
  if (store->pending().empty()) {
    throw std::runtime_error(store->name() +
                             " is in use already: remove it, or name another with --store");
  }
  store->connect(crier::Access::create)->schema().migrate();
  ProductTable::open(url)->create();
}

void print(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::cout << line << '\n';
  }
  std::cout << std::flush;
}

// Shows what came out, and lets the nodes run on if there is somebody to look at them.
void show(const Arguments& arguments, const Picture& picture, Display& display, Half& half) {
  const bool goes_on = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  display.leave();
  print(lines_of(picture, false, display.has_colours()));
  std::cout << "\nLook around" << (goes_on ? ", in another terminal" : "") << ":\n\n";
  print(look_around(arguments.store));
  std::cout << '\n';
  if (goes_on) {
    std::cout << "The nodes run, and prices change, until you press Enter. " << std::flush;
    half.go_on();
  }
}

}  // namespace

int run_demo(const Arguments& arguments) {
  // A process that has ended must not end this one when it is told something.
  std::signal(SIGPIPE, SIG_IGN);
  catch_signals();
  create_database(arguments.store);

  Board board(-1);
  Picture picture;
  picture.of_seconds = static_cast<double>(arguments.seconds.count());
  bool is_shown = false;
  try {
    Display display;
    display.tell("half 1 of 2: prices are cached for 5 s");
    Half limit(arguments, board, picture, display);
    limit.measure();
    limit.stop();
    picture.half = 1;
    display.tell("half 2 of 2: crier tells each node what has changed");
    Half crier(arguments, board, picture, display);
    crier.measure();
    is_shown = true;
    show(arguments, picture, display, crier);
    crier.stop();
  } catch (const Interrupted&) {
    if (!is_shown) {
      return 128 + caught_signal();
    }
    std::cout << '\n';
  }
  return picture.halves[1].wrong == 0 ? 0 : 1;
}

}  // namespace shop
