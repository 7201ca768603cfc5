// SPDX-License-Identifier: MIT
#include "completion.hpp"

namespace crier::cli {

namespace {

constexpr std::string_view kFishScript =
    R"fish(# Completion of crier's command lines in fish. Made by: crier completion fish

# The commands that may follow a command, each with what it does.
function __crier_commands --argument-names at
    switch "$at"
@COMMANDS@
    end
end

# The options that may.
function __crier_options --argument-names at
    switch "$at"
@OPTIONS@
    end
end

# What an option's value may be, or an argument. Nothing: there is no such value.
function __crier_value --argument-names key
    switch "$key"
@VALUES@
    end
end

# The candidates of a kind, each behind a prefix; the value begins with $value.
function __crier_offer --argument-names kind prefix value store
    switch "$kind"
        case 'words *'
            set -l words (string split -- ' ' $kind)
            printf '%s\n' $prefix$words[2..-1]
        case refreshers nodes
            set -l asked known-names $kind
            test -n "$store"; and set asked --store $store $asked
            set -l names (command crier $asked 2>/dev/null </dev/null)
            printf '%s\n' $prefix$names
        case files text
            set -l scheme ''
            test "$kind" = text; and set scheme @
            string match -q -- 'sqlite:*' "$value"; and test "$kind" = files; and set scheme sqlite:
            string match -q -- "$scheme*" "$value"; or return
            set -l begun (string sub -s (math (string length -- "$scheme") + 1) -- "$value")
            set -l files (__fish_complete_path "$begun")
            printf '%s\n' $prefix$scheme$files
    end
end

function __crier_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct | string unescape 2>/dev/null; or commandline -ct)
    set -l at ''
    set -l pending ''
    set -l store ''
    set -l position 0
    for word in $tokens[2..-1]
        if test -n "$pending"
            test "$pending" = --store; and set store $word
            set pending ''
        else if string match -q -- '--store=*' $word
            set store (string replace -- '--store=' '' $word)
        else if string match -q -- '-*' $word
            test -n "$(__crier_value "$at/$word")"; and set pending $word
        else if contains -- $word (__crier_commands "$at" | string replace -r '\t.*' '')
            set at (string trim -- "$at $word")
        else
            set position (math $position + 1)
        end
    end

    set -l prefix ''
    if test -z "$pending"; and string match -q -- '--*=*' "$current"
        set pending (string replace -r '=.*' '' -- $current)
        set prefix $pending=
    end
    if test -n "$pending"
        set -l value (string sub -s (math (string length -- "$prefix") + 1) -- "$current")
        __crier_offer "$(__crier_value "$at/$pending")" "$prefix" "$value" "$store"
    else if string match -q -- '-*' "$current"
        __crier_options "$at"
    else
        __crier_commands "$at"
        __crier_offer "$(__crier_value "$at/:$(math $position + 1)")" '' "$current" "$store"
    end
end

complete -c crier -f -a '(__crier_complete)'
)fish";

std::string fish_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  }
  return out + '\'';
}

void add_case(std::string& cases, const std::string& key,
              const std::vector<CompletionData::Word>& words) {
  if (words.empty()) {
    return;
  }
  cases += "        case " + fish_word(key) + "\n            printf '%s\\t%s\\n'";
  for (const CompletionData::Word& word : words) {
    cases += " \\\n                " + fish_word(word.text) + ' ' + fish_word(word.description);
  }
  cases += '\n';
}

}  // namespace

std::string fish_completion(const CommandInfo& root) {
  const CompletionData data = completion_data(root);
  std::string commands, options, values;
  for (const CompletionData::Command& one : data.commands) {
    add_case(commands, one.key, one.commands);
    add_case(options, one.key, one.options);
  }
  for (const CompletionData::Value& one : data.values) {
    values +=
        "        case " + fish_word(one.key) + "\n            echo " + fish_word(one.kind) + '\n';
  }
  std::string script = fill_in(kFishScript, "COMMANDS", commands);
  script = fill_in(script, "OPTIONS", options);
  return fill_in(script, "VALUES", values);
}

}  // namespace crier::cli
