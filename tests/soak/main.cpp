// SPDX-License-Identifier: MIT
#include "soak/controller.hpp"
#include "soak/modes.hpp"
#include "soak/server.hpp"
#include "soak/settings.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace crier::soak {

namespace {

constexpr const char* kHelp =
    R"(Kills, pauses and hurts nodes and writers of one database, checks that nothing is lost and
nothing gets stuck, and prints what it came to. Exits 0 only if that is so, 1 if it is not, 2 for
wrong options.
  --minutes N      how long (10); above 0, fractions will do
  --nodes N        that only listen: 1 to 200 (8)
  --writers N      in turn: plain, in a transaction, by SQL, plain; 1 to 200 (4)
  --kill-every D   1s, 500ms; 0: nobody is killed (1s)
  --seed S         decides who, when and how, as far as timing allows; printed at start
  --dir D          a new folder for the database and what the processes say
  --keep           leave it; it is left in any case where something was wrong
  --postgres       on a PostgreSQL server of its own, which is stopped and killed, too, and whose
                   sessions are cut; else on SQLite. Exits 77 where the machine has no server
  --no-restores    the database is never set back to what it was before; instead the caches of every
                   second node outlive it
  --no-faults      the refreshers are well, and the lock is held for moments only
)";

volatile std::sig_atomic_t interrupted = 0;  // NOLINT: a signal handler reaches nothing else

}  // namespace

int run_controller(const Words& words) {
  words.require_known({"minutes", "nodes", "writers", "kill-every", "seed", "dir", "keep",
                       "no-faults", "no-restores", "postgres", "sabotage", "help"});
  if (words.has("help")) {
    std::cout << kHelp;
    return EXIT_SUCCESS;
  }
  Settings settings = settings_of(words);
  if (settings.dir.empty()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "crier-soak-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("no temporary folder at " + pattern);
    }
    settings.dir = pattern;
  } else if (!std::filesystem::create_directory(settings.dir)) {
    throw UsageError("--dir: " + settings.dir.string() + " is there already: name a new folder");
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::cout << "soak: " << settings.nodes << " nodes, " << settings.writers << " writers, --seed "
            << settings.seed << ", in " << settings.dir.string() << std::endl;
  const Verdict verdict = Controller(settings).run([] { return interrupted != 0; });
  print(std::cout, verdict);
  if (verdict.good() && !words.has("keep")) {
    std::filesystem::remove_all(settings.dir);
  } else {
    std::cout << "kept: " << settings.dir.string() << '\n';
  }
  return verdict.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace crier::soak

int main(int argc, char** argv) {
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "process") {
      arguments.erase(arguments.begin());
      return crier::soak::run_process(crier::soak::Words(arguments));
    }
    return crier::soak::run_controller(crier::soak::Words(arguments));
  } catch (const crier::soak::UsageError& error) {
    std::cerr << "soak: " << error.what() << '\n';
    return 2;
  } catch (const crier::soak::NoServer&) {
    return 77;
  } catch (const std::exception& error) {
    std::cerr << "soak: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
