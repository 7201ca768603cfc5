// SPDX-License-Identifier: MIT
#include "completion.hpp"

#include "command_tree.hpp"

#include <optional>
#include <utility>

namespace crier::cli {

namespace {

std::string kind_text(const Offer& offer) {
  switch (offer.kind) {
    case Offer::Kind::nothing:
      return "none";
    case Offer::Kind::files:
      return "files";
    case Offer::Kind::text_or_file:
      return "text";
    case Offer::Kind::refreshers:
      return "refreshers";
    case Offer::Kind::nodes:
      return "nodes";
    case Offer::Kind::words:
      break;
  }
  std::string text = "words";
  for (const std::string& word : offer.words) {
    text += ' ' + word;
  }
  return text;
}

// `before`: of the keys of their values, if they have any here.
void add_options(CompletionData& data, CompletionData::Command& command,
                 const std::optional<std::string>& before, const std::vector<OptionInfo>& options) {
  for (const OptionInfo& option : options) {
    for (const std::string& name : option.names) {
      command.options.push_back({name, option.description});
      if (before && !option.value.empty()) {
        data.values.push_back({*before + name, kind_text(option.offer)});
      }
    }
  }
}

void add_command(CompletionData& data, const CommandInfo& root, const CommandInfo& info) {
  const bool is_root = &info == &root;
  CompletionData::Command command{
      is_root ? "" : info.full_name().substr(root.name().size() + 1), {}, {}};
  const std::string& key = command.key;
  add_options(data, command, (is_root ? "*" : key) + '/', info.options);
  if (!is_root) {
    add_options(data, command, std::nullopt, global_options(root));
  }
  for (std::size_t i = 0; i < info.arguments.size(); ++i) {
    const OptionInfo& argument = info.arguments[i];
    data.values.push_back({key + "/:" + (argument.is_repeated ? "*" : std::to_string(i + 1)),
                           kind_text(argument.offer)});
  }
  for (const CommandInfo& one : info.commands) {
    command.commands.push_back({one.name(), one.description});
  }
  data.commands.push_back(std::move(command));
  for (const CommandInfo& one : info.commands) {
    add_command(data, root, one);
  }
}

}  // namespace

CompletionData completion_data(const CommandInfo& root) {
  CompletionData data;
  add_command(data, root, root);
  return data;
}

std::string shell_pattern(std::string_view key) {
  std::string text;
  for (const char c : key) {
    text += c == ' ' ? "\\ " : std::string(1, c);
  }
  return text;
}

std::string fill_in(std::string_view text, std::string_view name, std::string_view lines) {
  std::string out(text);
  const std::string mark = '@' + std::string(name) + "@\n";
  for (std::size_t at = 0; (at = out.find(mark, at)) != out.npos; at += lines.size()) {
    out.replace(at, mark.size(), lines);
  }
  return out;
}

}  // namespace crier::cli
