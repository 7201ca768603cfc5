// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// What runs inside Redis, each as a whole and by its clock. KEYS[1] is the entry: a hash as
// ASP.NET's RedisCache has it, with `absexp` and `sldexp` in .NET's ticks (of 100 ns; points of
// time since the year 1, UTC) or -1, and `data`. KEYS[2] is the stamp: a number that changes with
// each set and removal of crier's, in a key of its own, since ASP.NET sets the fields of a hash and
// leaves the others in it. It is forgotten after a while. KEYS[3] is that of the whole cache.
namespace crier::redis::scripts {

// Begins the sliding time of the entry anew, if it has one, and grants a tenth beyond it, so that
// the next reader need not do the same.
inline constexpr std::string_view kRenew = R"lua(
local e = redis.call('HMGET', KEYS[1], 'absexp', 'sldexp')
local absolute, sliding = tonumber(e[1]), tonumber(e[2])
if not sliding or sliding == -1 then return 0 end
local lives = sliding / 10000
lives = lives + lives / 10
if absolute and absolute ~= -1 then
  local t = redis.call('TIME')
  lives = math.min(lives, (absolute - 621355968000000000) / 10000 - t[1] * 1000 - t[2] / 1000)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(lives))
return 1
)lua";

// ARGV: after, at, sliding (in ms, or empty), the value, the new stamp, for how long it stays; and
// for an add the stamps that were seen, of the entry and of the cache, and when. 1: stored; 0: an
// add that was not; -1: `at` has passed.
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
  if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[8] then return 0 end
  if now - ARGV[9] >= tonumber(ARGV[6]) then return 0 end
end
local left = absolute and absolute - now
if sliding then left = math.min(sliding, left or sliding) end
redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6])  -- first: refused if memory is full
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

// KEYS: any keys. Of those that are an entry by their form, the ones
// that can be seen, by their place. ARGV: whether to delete all that are.
inline constexpr std::string_view kWalk = R"lua(
local t = redis.call('TIME')
local now = (t[1] * 1000 + math.floor(t[2] / 1000)) * 10000 + 621355968000000000
local seen = {}
for i = 1, #KEYS do
  local key = KEYS[i]
  if redis.call('TYPE', key).ok == 'hash' and redis.call('HEXISTS', key, 'data') == 1 then
    local ends = tonumber(redis.call('HGET', key, 'absexp'))
    if not (ends and ends ~= -1 and ends <= now) then seen[#seen + 1] = i end
    if ARGV[1] == '1' then redis.call('DEL', key) end
  end
end
return seen
)lua";

}  // namespace crier::redis::scripts
