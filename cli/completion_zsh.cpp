// SPDX-License-Identifier: MIT
#include "base/quoting.hpp"
#include "completion.hpp"

namespace crier::cli {

namespace {

constexpr std::string_view kZshScript = R"zsh(#compdef crier
# Completion of crier's command lines in zsh. Made by: crier completion zsh

# What may follow the command $1, each with what it does.
_crier_of() {
  commands=() options=()
  case $1 in
@COMMANDS@
  esac
}

# What $1 may be, the value of an option or an argument. Empty: there is no such value.
_crier_value() {
  case $1 in
@VALUES@
    *) kind= ;;
  esac
}

_crier_offer() {
  local -a names
  case $kind in
    words\ *) names=(${=kind#words }); compadd -a names ;;
    files) compset -P sqlite:; _files ;;
    text) compset -P @ && _files ;;
    refreshers | nodes)
      names=(${(f)"$(command crier ${store:+--store} $store known-names $kind \
        2>/dev/null </dev/null)"})
      compadd -a names ;;
  esac
}

_crier() {
  local at= pending= store= kind= word
  local -a commands options
  integer i position=0
  for ((i = 2; i < CURRENT; i++)); do
    word=${(Q)words[i]}
    if [[ -n $pending ]]; then
      [[ $pending == --store ]] && store=$word
      pending=
    elif [[ $word == --store=* ]]; then
      store=${word#*=}
    elif [[ $word == -* ]]; then
      _crier_value "$at/$word"
      [[ -n $kind ]] && pending=$word
    else
      _crier_of "$at"
      if ((${commands[(I)${(b)word}:*]})); then
        at+=${at:+ }$word
      else
        ((++position))
      fi
    fi
  done

  if [[ -z $pending && $PREFIX == --*=* ]]; then
    pending=${PREFIX%%=*}
    compset -P '*='
  fi
  _crier_of "$at"
  if [[ -n $pending ]]; then
    _crier_value "$at/$pending"
    _crier_offer
  elif [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif ((${#commands})); then
    _describe command commands
  else
    _crier_value "$at/:$((position + 1))"
    _crier_offer
  fi
}

# This file is the function itself if it is found by its name, else it is sourced.
if [[ $funcstack[1] == _crier ]]; then
  _crier "$@"
else
  compdef _crier crier
fi
)zsh";

// "name:what it does" for _describe, in which a colon of the name's would end it.
std::string described(const std::vector<CompletionData::Word>& words) {
  std::string text;
  for (const CompletionData::Word& word : words) {
    text += "        " + shell_word(word.text + ':' + word.description) + '\n';
  }
  return text;
}

}  // namespace

std::string zsh_completion(const CommandInfo& root) {
  const CompletionData data = completion_data(root);
  std::string commands, values;
  for (const CompletionData::Command& one : data.commands) {
    commands += "    " + shell_word(one.key) + ")\n";
    if (!one.commands.empty()) {
      commands += "      commands=(\n" + described(one.commands) + "      )\n";
    }
    commands += "      options=(\n" + described(one.options) + "      ) ;;\n";
  }
  for (const CompletionData::Value& one : data.values) {
    values += "    " + shell_pattern(one.key) + ") kind=" + shell_word(one.kind) + " ;;\n";
  }
  return fill_in(fill_in(kZshScript, "COMMANDS", commands), "VALUES", values);
}

}  // namespace crier::cli
