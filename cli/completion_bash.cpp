// SPDX-License-Identifier: MIT
#include "base/quoting.hpp"
#include "completion.hpp"

namespace crier::cli {

namespace {

constexpr std::string_view kBashScript =
    R"bash(# Completion of crier's command lines in bash. Made by: crier completion bash

# What may follow the command $1.
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

# Takes the quotes off $1 as bash would, and expands nothing: sets text, and the quote that is open.
_crier_unquote() {
  local rest=$1 c
  text= quote=
  while [[ $rest ]]; do
    c=${rest:0:1} rest=${rest:1}
    case $quote$c in
      \\) text+=${rest:0:1} rest=${rest:1} ;;
      \' | \") quote=$c ;;
      \'\' | \"\") quote= ;;
      \"\\)
        if [[ ${rest:0:1} == [\"\\\$\`] ]]; then
          c=${rest:0:1} rest=${rest:1}
        fi
        text+=$c ;;
      *) text+=$c ;;
    esac
  done
}

# $1 as it may stand on the line behind the open quote: nothing in it is ever run.
_crier_quote() {
  case $quote in
    \') quoted=${1//\'/\'\\\'\'} ;;
    \") quoted=${1//\\/\\\\} quoted=${quoted//\"/\\\"}
        quoted=${quoted//\$/\\\$} quoted=${quoted//\`/\\\`}
        quoted=${quoted//!/\"\'!\'\"} ;;  # which history would expand
    *) printf -v quoted %q "$1" ;;
  esac
}

# Sets candidates to what $kind stands for; the value begins with $1.
_crier_candidates() {
  local scheme=
  case $kind in
    words\ *) read -ra candidates <<<"${kind#words }" ;;
    refreshers | nodes)
      mapfile -t candidates < <(
        command crier ${store:+--store "$store"} known-names "$kind" 2>/dev/null </dev/null) ;;
    files | text)
      [[ $kind == text ]] && scheme=@
      [[ $kind == files && $1 == sqlite:* ]] && scheme=sqlite:
      [[ $1 == "$scheme"* ]] || return 0
      mapfile -t candidates < <(compgen -f -- "${1#"$scheme"}")
      compopt -o filenames 2>/dev/null
      if [[ $scheme ]]; then  # bash does not see then which are folders
        for i in "${!candidates[@]}"; do
          [[ -d ${candidates[i]} ]] && candidates[i]+=/
          candidates[i]=$scheme${candidates[i]}
        done
        [[ ${#candidates[@]} == 1 && ${candidates[0]} == */ ]] && compopt -o nospace 2>/dev/null
      fi
      is_file=1 ;;
  esac
}

_crier() {
  local line=$COMP_LINE word i typed=() text quote kind option
  COMPREPLY=()
  # bash takes a word apart at = and : and @.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i > 0)) && [[ $line && $line != [[:blank:]]* ]]; then
      typed[${#typed[@]}-1]+=$word
    else
      typed+=("$word")
    fi
    line=${line#"${line%%[![:blank:]]*}"}
    line=${line#"$word"}
  done

  local at= pending= store= position=0 commands options
  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    _crier_unquote "${typed[i]}"
    if [[ $pending ]]; then
      [[ $pending == --store ]] && store=$text
      pending=
    elif [[ $text == --store=* ]]; then
      store=${text#*=}
    elif [[ $text == -* ]]; then
      _crier_value "$at/$text"
      [[ $kind ]] && pending=$text
    else
      _crier_of "$at"
      if [[ " ${commands[*]} " == *" $text "* ]]; then
        at+=${at:+ }$text
      else
        ((++position))
      fi
    fi
  done

  local current=${typed[${#typed[@]}-1]}
  local prefix= candidates=() is_file= quoted candidate kept
  _crier_unquote "${current%"$2"}"
  kept=$text  # readline leaves it as it is, and puts a candidate in the place of $2
  _crier_unquote "$current"
  if [[ ! $pending && $text == --*=* ]]; then
    pending=${text%%=*} prefix=${text%%=*}=
  fi
  _crier_of "$at"
  if [[ $pending ]]; then
    _crier_value "$at/$pending"
    _crier_candidates "${text#"$prefix"}"
  elif [[ $text == -* ]]; then
    candidates=("${options[@]}")
  elif ((${#commands[@]} > 0)); then
    candidates=("${commands[@]}")
  else
    _crier_value "$at/:$((position + 1))"
    _crier_candidates "$text"
  fi
  for candidate in "${candidates[@]}"; do
    candidate=$prefix$candidate
    if [[ $candidate == "$text"* ]]; then
      quoted=${candidate#"$kept"}
      # bash quotes the names of files itself.
      [[ $is_file || ! $quoted ]] || _crier_quote "$quoted"
      COMPREPLY+=("$quoted")
    fi
  done
}

complete -F _crier crier
)bash";

std::string words_of(const std::vector<CompletionData::Word>& words) {
  std::string text;
  for (const CompletionData::Word& word : words) {
    text += (text.empty() ? "" : " ") + word.text;
  }
  return text;
}

}  // namespace

std::string bash_completion(const CommandInfo& root) {
  const CompletionData data = completion_data(root);
  std::string commands, values;
  for (const CompletionData::Command& one : data.commands) {
    commands += "    " + shell_word(one.key) + ")\n";
    if (!one.commands.empty()) {
      commands += "      commands=(" + words_of(one.commands) + ")\n";
    }
    commands += "      options=(" + words_of(one.options) + ") ;;\n";
  }
  for (const CompletionData::Value& one : data.values) {
    values += "    " + shell_pattern(one.key) + ") kind=" + shell_word(one.kind) + " ;;\n";
  }
  return fill_in(fill_in(kBashScript, "COMMANDS", commands), "VALUES", values);
}

}  // namespace crier::cli
