// SPDX-License-Identifier: MIT
#include "cli/tool.hpp"

#include "cli/json_schema.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <istream>
#include <utility>

namespace crier::test {

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "exit " << outcome.code << "\n--- out\n"
             << outcome.out << "--- err\n"
             << outcome.err;
}

Outcome run_tool(const Args& args, const std::string& input, const std::string& store) {
  std::istringstream in(input);
  std::ostringstream out, err;
  cli::Interrupt interrupt;
  const int code = cli::run(args, {in, out, err}, {store, false, false}, interrupt);
  CHECK(printed_faults(args, out.str()) == "");
  return {code, out.str(), err.str()};
}

Outcome run_doctor(const Args& options, const std::string& store) {
  Args args{"doctor"};
  args.insert(args.end(), options.begin(), options.end());
  Outcome outcome;
  static_cast<void>(eventually([&] {
    outcome = run_tool(args, "", store);
    return outcome.out.find("a ring was not heard within") == std::string::npos;
  }));
  return outcome;
}

SharedText::int_type SharedText::overflow(int_type c) {
  const char byte = traits_type::to_char_type(c);
  xsputn(&byte, 1);
  return c;
}

std::streamsize SharedText::xsputn(const char* data, std::streamsize size) {
  buffer_.append(data, static_cast<std::size_t>(size));
  return size;
}

int SharedText::sync() {
  const std::lock_guard lock(mutex_);
  text_ += std::exchange(buffer_, {});
  return 0;
}

RunningTool::RunningTool(Args args, std::string store)
    : args_(std::move(args)), thread_([this, store = std::move(store)] {
        std::istringstream in;
        std::ostream out(&out_), err(&err_);
        code_ = cli::run(args_, {in, out, err}, {store, false, false}, interrupt_);
      }) {}

RunningTool::~RunningTool() {
  if (thread_.joinable()) {
    stop();
  }
}

bool RunningTool::prints(std::string_view text, std::chrono::milliseconds deadline) const {
  return eventually([&] { return out_.contains(text); }, deadline);
}

bool RunningTool::says(std::string_view text) const {
  return eventually([&] { return err_.contains(text); });
}

Outcome RunningTool::stop() {
  interrupt_.trigger();
  return wait();
}

Outcome RunningTool::wait() {
  thread_.join();
  CHECK(printed_faults(args_, out()) == "");
  return {code_, out(), err()};
}

}  // namespace crier::test
