// SPDX-License-Identifier: MIT
#pragma once

/// Stands before what a shared crier exports: all that applications and the tool call, and each
/// type that is thrown, or derived from, across the border. Everything else is hidden.
#define CRIER_EXPORT [[gnu::visibility("default")]]
