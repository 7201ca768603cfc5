// SPDX-License-Identifier: MIT
#include "man_page.hpp"

#include <crier/error.hpp>
#include <crier/version.hpp>

#include "command_lines.hpp"
#include "command_tree.hpp"
#include "conventions.hpp"
#include "table.hpp"

#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kSourceWidth = 78;
constexpr std::size_t kExampleWidth = 72;  // as it is shown

// As roff reads it to be that text: no quote or hyphen becomes a typographic one.
std::string in_roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + in_roff(text) + "\\fR"; }

// The names in bold, what stands for the value in italics.
std::string option_term(const OptionInfo& option) {
  std::string term;
  for (const std::string& name : option.names) {
    term += (term.empty() ? "" : ", ") + bold(name);
  }
  return term + (option.value.empty() ? "" : " \\fI" + in_roff(option.value) + "\\fR") +
         (option.is_repeated ? " ..." : "") + (option.is_required ? " (required)" : "");
}

class ManPage {
 public:
  // Writes all of it.
  std::string of(const CommandInfo& root, const CommandInfo& command, const std::string& date) {
    std::string title;
    for (const char c : command.full_name('-')) {
      title += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    out_ = ".TH " + in_roff(title) + " 1 " + date + " \"crier " + std::string(version()) +
           "\" \"crier\"\n.SH NAME\n";
    put_text(command.full_name('-') + " - " + command.description);
    put_synopsis(root, command);
    put_about(command);
    put_commands(command);
    put_options(".SH ARGUMENTS\n", command.arguments);
    put_options(".SH OPTIONS\n", command.options);
    if (&command != &root) {
      put_options(".SS Of every command\n", global_options(root));
    }
    put_conventions("EXIT STATUS", kExitCodes);
    put_conventions("ENVIRONMENT", kVariables);
    put_examples(command);
    put_see_also(root, command);
    return std::move(out_);
  }

 private:
  void put_text(std::string_view text) {
    for (const std::string& line : wrap(in_roff(text), kSourceWidth)) {
      out_ += (line.starts_with('.') ? "\\&" : "") + line + '\n';
    }
  }

  void put_row(const std::string& term, std::string_view text) {
    out_ += ".TP\n" + term + '\n';
    put_text(text);
  }

  void put_options(std::string_view title, const std::vector<OptionInfo>& options) {
    if (options.empty()) {
      return;
    }
    out_ += std::string(title);
    for (const OptionInfo& option : options) {
      put_row(option_term(option), option.description);
    }
  }

  template <class Conventions>
  void put_conventions(std::string_view title, const Conventions& conventions) {
    out_ += ".SH " + std::string(title) + '\n';
    for (const Convention& one : conventions) {
      put_row(bold(one.name), one.meaning);
    }
  }

  // "[--limit N]": each option in a piece of its own, so that no line breaks inside.
  void put_synopsis(const CommandInfo& root, const CommandInfo& command) {
    out_ += ".SH SYNOPSIS\n.nh\n.ad l\n" + bold(command.full_name()) + '\n';
    std::vector<OptionInfo> options = command.options;
    if (&command != &root) {
      for (const OptionInfo& one : global_options(root)) {
        options.push_back(one);
      }
    }
    for (const OptionInfo& option : options) {
      std::string text = bold(option.names.back());
      if (!option.value.empty()) {
        text += "\\ \\fI" + in_roff(option.value) + "\\fR" + (option.is_repeated ? "\\ ..." : "");
      }
      out_ += (option.is_required ? text : '[' + text + ']') + '\n';
    }
    if (const std::string arguments = arguments_text(command); !arguments.empty()) {
      out_ += in_roff(std::string_view(arguments).substr(1)) + '\n';
    }
    out_ += ".ad\n.hy\n";
  }

  void put_about(const CommandInfo& command) {
    out_ += ".SH DESCRIPTION\n";
    put_text(command.description + (command.description.ends_with('.') ? "" : "."));
    for (const Paragraph& one : command.about) {
      if (one.term.empty()) {
        out_ += ".PP\n";
        put_text(one.text);
      } else {
        put_row(bold(one.term), one.text);
      }
    }
  }

  void put_commands(const CommandInfo& command) {
    if (command.commands.empty()) {
      return;
    }
    out_ += ".SH COMMANDS\n";
    std::string_view group = command.commands.front().group;
    bool is_grouped = false;
    for (const CommandInfo& one : command.commands) {
      is_grouped = is_grouped || one.group != group;
    }
    group = {};
    for (const CommandInfo& one : command.commands) {
      if (is_grouped && one.group != group) {
        group = one.group;
        out_ += ".SS " + in_roff(group) + '\n';
      }
      put_row(bold(one.full_name()), one.description + '.');
    }
  }

  void put_examples(const CommandInfo& command) {
    if (command.examples.empty()) {
      return;
    }
    out_ += ".SH EXAMPLES\n.nf\n";
    for (const std::string& example : command.examples) {
      for (const std::string& line : wrap_command(example, kExampleWidth)) {
        out_ += in_roff(line) + '\n';
      }
    }
    out_ += ".fi\n";
  }

  void put_see_also(const CommandInfo& root, const CommandInfo& command) {
    std::vector<std::string> pages;
    if (&command != &root) {
      pages.emplace_back("crier");
      if (command.path.size() > 2) {  // "crier cache set" hangs on "crier cache"
        pages.push_back("crier-" + command.path[1]);
      }
    }
    for (const CommandInfo& one : command.commands) {
      pages.push_back(one.full_name('-'));
    }
    out_ += ".SH SEE ALSO\n";
    for (std::size_t i = 0; i < pages.size(); ++i) {
      out_ += ".BR " + in_roff(pages[i]) + " (1)" + (i + 1 < pages.size() ? " ," : "") + '\n';
    }
  }

  std::string out_;
};

}  // namespace

std::string man_page(const CommandInfo& root, const CommandInfo& command, const std::string& date) {
  return ManPage().of(root, command, date);
}

void write_man_pages(const CommandInfo& root, const CommandInfo& command, const std::string& folder,
                     const std::string& date) {
  const std::string path = folder + '/' + command.full_name('-') + ".1";
  std::ofstream file(path, std::ios::binary);
  if (!(file << man_page(root, command, date)) || !file.flush()) {
    throw Error("man", "can't write the manual page " + path + ": is there such a folder?");
  }
  for (const CommandInfo& one : command.commands) {
    write_man_pages(root, one, folder, date);
  }
}

}  // namespace crier::cli
