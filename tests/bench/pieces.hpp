// SPDX-License-Identifier: MIT
#pragma once

#include "bench/report.hpp"

namespace crier::bench {

void append_single(const Report& report);
void append_batch_100(const Report& report);
void append_8_threads_full(const Report& report);
void publish_call(const Report& report);
void catch_up_100k(const Report& report);
void poll_at_10M_rows(const Report& report);
void decode_rows(const Report& report);

}  // namespace crier::bench
