// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// What runs inside Redis, each as a whole and by its clock. KEYS[1] is the entry: a hash as
// ASP.NET's RedisCache has it, with `absexp` and `sldexp` in .NET's ticks (of 100 ns; points of
// time since the year 1, UTC) or -1, and `data`. KEYS[2] is the stamp: a number that changes with
// each set and removal of crier's, in a key of its own, since ASP.NET sets the fields of a hash and
// leaves the others in it. It is forgotten after a while.
namespace crier::redis::scripts {

// ARGV: whether the value is asked for. The value, or nothing where there is none.
inline constexpr std::string_view kUse = R"lua(
local e = redis.call('HMGET', KEYS[1], 'absexp', 'sldexp', 'data')
if not e[3] then return false end
local absolute, sliding, left = tonumber(e[1]), tonumber(e[2]), nil
if absolute and absolute ~= -1 then
  local t = redis.call('TIME')
  left = (absolute - 621355968000000000) / 10000 - t[1] * 1000 - t[2] / 1000
  if left <= 0 then return false end
end
if sliding and sliding ~= -1 then
  redis.call('PEXPIRE', KEYS[1], math.ceil(math.min(sliding / 10000, left or sliding / 10000)))
end
return ARGV[1] == '1' and e[3] or ''
)lua";

// The stamp, and now in milliseconds since 1970.
inline constexpr std::string_view kLook = R"lua(
local t = redis.call('TIME')
return {redis.call('GET', KEYS[2]) or '0', string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))}
)lua";

// ARGV: after, at, sliding (in ms, or empty), the value, the new stamp, for how long it stays; and
// for an add the stamp that was seen, and when. 1: stored; 0: an add that was not; -1: `at` has
// passed.
inline constexpr std::string_view kSet = R"lua(
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local absolute, sliding = tonumber(ARGV[2]), tonumber(ARGV[3])
if ARGV[1] ~= '' then absolute = now + ARGV[1] end
if absolute and absolute <= now then return -1 end
if ARGV[7] then
  local e = redis.call('HMGET', KEYS[1], 'absexp', 'data')
  local ends = tonumber(e[1])
  if e[2] and not (ends and ends ~= -1 and ends <= now * 10000 + 621355968000000000) then return 0 end
  if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[7] then return 0 end
  if now - ARGV[8] >= tonumber(ARGV[6]) then return 0 end
end
local left = absolute and absolute - now
if sliding then left = math.min(sliding, left or sliding) end
redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6])  -- first: refused where memory is full
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1],
  'absexp', absolute and string.format('%.0f', absolute * 10000 + 621355968000000000) or '-1',
  'sldexp', sliding and string.format('%.0f', sliding * 10000) or '-1',
  'data', ARGV[4])
if left then redis.call('PEXPIRE', KEYS[1], left) end
return 1
)lua";

// ARGV: the new stamp, for how long it stays; and what the value must be, if that matters. Whether
// there was something to remove.
inline constexpr std::string_view kRemove = R"lua(
if ARGV[3] and redis.call('HGET', KEYS[1], 'data') ~= ARGV[3] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
)lua";

}  // namespace crier::redis::scripts
