// SPDX-License-Identifier: MIT
#pragma once

namespace crier {

class Reporter;
class Store;

// Throws if a node can't run with the tables as they are; migrates them first if asked to. Logs
// what is unsafe. Returns whether the log is Umbraco's.
bool check_schema(Store& store, bool migrate, Reporter& reporter);

}  // namespace crier
