// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// KEYS[1] is the record of a hybrid cache, KEYS[2] an entry. ARGV: the record as it is expected, in
// four fields; as it is to be; how many marks are kept; how many follow, each with its entry; then,
// if there is an entry, after, at, sliding (in ms, or empty) and the value. Returns whether it was
// done (-1: `at` has passed) and the record as it stands now. Numbers are compared as texts, for
// Lua's are not exact beyond 2^53; only ids of entries are counted with.
namespace crier::redis::scripts {

inline constexpr std::string_view kWriteRecord = R"lua(
local r = redis.call('HMGET', KEYS[1], 'G', 'M', 'f', 'F')
if not r[1] then r = {'0', '0', '0', '0'} end
for i = 1, 4 do
  if r[i] ~= ARGV[i] then return {0, r[1], r[2], r[3], r[4]} end
end
local first = 11 + 2 * tonumber(ARGV[10])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local absolute, sliding = tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
if ARGV[first] and ARGV[first] ~= '' then absolute = now + ARGV[first] end
if absolute and absolute <= now then return {-1, r[1], r[2], r[3], r[4]} end
local g, m, f, floor = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
if g ~= r[1] then redis.call('DEL', KEYS[1]) end
for i = 11, first - 1, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or tonumber(known) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
local most = tonumber(ARGV[9])
if redis.call('HLEN', KEYS[1]) > most + 1024 then
  local all, entries = redis.call('HGETALL', KEYS[1]), {}
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 1) == 'm' then entries[#entries + 1] = tonumber(all[i + 1]) end
  end
  table.sort(entries, function(a, b) return a > b end)
  local last = entries[most + 1]
  if last then
    for i = 1, #all, 2 do
      if string.sub(all[i], 1, 1) == 'm' and tonumber(all[i + 1]) <= last then
        redis.call('HDEL', KEYS[1], all[i])
      end
    end
    if last > tonumber(floor) then floor = string.format('%.0f', last) end
  end
end
redis.call('HSET', KEYS[1], 'G', g, 'M', m, 'f', f, 'F', floor)
if ARGV[first] then
  local left = absolute and absolute - now
  if sliding then left = math.min(sliding, left or sliding) end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2],
    'absexp', absolute and string.format('%.0f', absolute * 10000 + 621355968000000000) or '-1',
    'sldexp', sliding and string.format('%.0f', sliding * 10000) or '-1',
    'data', ARGV[first + 3])
  if left then redis.call('PEXPIRE', KEYS[2], left) end
end
return {1, g, m, f, floor}
)lua";

// KEYS[1] is the record of a hybrid cache; the others may be values of it, of which those go that
// were made for another generation, or before the floor. ARGV[1]: after so many bytes it stops.
// Returns at how many keys it has looked, and how many have gone.
inline constexpr std::string_view kSweep = R"lua(
local r = redis.call('HMGET', KEYS[1], 'G', 'F')
if not r[1] then return {#KEYS - 1, 0} end
local floor, left, gone = tonumber(r[2]), tonumber(ARGV[1]), 0
for i = 2, #KEYS do
  local data = redis.call('TYPE', KEYS[i]).ok == 'hash' and redis.call('HGET', KEYS[i], 'data')
  if data then
    local made, applied = string.match(data, '^(%d+) (%d+)[ \n]')
    if made and #made <= 20 and (made ~= r[1] or tonumber(applied) < floor) then
      redis.call('UNLINK', KEYS[i])
      gone = gone + 1
    end
    left = left - #data
    if left <= 0 then return {i - 1, gone} end
  end
end
return {#KEYS - 1, gone}
)lua";

}  // namespace crier::redis::scripts
