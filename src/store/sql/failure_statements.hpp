// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// The quarantine and the canary: the statements. See terms.hpp for the holes; ?1 is the log.
namespace crier::sql {

// Entry 0 stands for every instruction that is not in the log yet.
inline constexpr std::string_view kForgetSameFailure =
    "DELETE FROM crierFailure WHERE log = ?1 AND incarnation = ?2 AND entry = ?3 AND entry <> 0 "
    "AND indexInEntry = ?4 AND refresher = ?5";

inline constexpr std::string_view kRecordFailure =
    "INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, refresher, "
    "refresherName, node, incarnation, attempts, error, instructionCount, "
    "jsonInstruction) VALUES (?1, {now}, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

// All but the newest ?2.
inline constexpr std::string_view kForgetExcessFailures =
    "DELETE FROM crierFailure WHERE log = ?1 AND id <= "
    "(SELECT id FROM crierFailure WHERE log = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";

inline constexpr std::string_view kFailures =
    "SELECT id, {failedStamp}, kind, entry, "
    "indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error, "
    "instructionCount, jsonInstruction FROM crierFailure WHERE log = ?1 ORDER BY id";

inline constexpr std::string_view kFailure =
    "SELECT id, {failedStamp}, kind, entry, "
    "indexInEntry, originated, refresher, refresherName, node, incarnation, attempts, error, "
    "instructionCount, jsonInstruction FROM crierFailure WHERE log = ?1 AND id = ?2";

inline constexpr std::string_view kForgetFailure =
    "DELETE FROM crierFailure WHERE log = ?1 AND id = ?2";

// abs: as kForgetOldNodes.
inline constexpr std::string_view kForgetOldFailures =
    "DELETE FROM crierFailure WHERE log = ?1 AND abs({now} - failedMs) > ?2";

// Its age is below 0 where the clock was set back.
inline constexpr std::string_view kCanary =
    "SELECT entry, {now} - sentMs FROM crierCanary WHERE log = ?1";

inline constexpr std::string_view kRecordCanary =
    "INSERT INTO crierCanary (log, entry, sentMs) VALUES (?1, ?2, {now}) "
    "ON CONFLICT (log) DO UPDATE SET entry = excluded.entry, sentMs = excluded.sentMs";

}  // namespace crier::sql
