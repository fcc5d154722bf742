-- The generic cell rate algorithm: KEYS[1] holds when all points of a user are there again, in microseconds.
-- ARGV: points to take, points of the rate, its microseconds. Answers: taken (1 or 0), points left, microseconds until all
-- are there again, microseconds until it may be taken.
local points, all, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each = period / all
local whole_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = whole_at + math.min(points, all) * each
if after - now > period + 0.5 then
  return {0, math.floor((period - (whole_at - now)) / each + 1e-6), math.ceil(whole_at - now), math.ceil(after - now - period)}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {1, math.floor((period - (after - now)) / each + 1e-6), math.ceil(after - now), 0}
