/** What Redis does in one step, where two commands would let another client in between. */
export interface Scripts {
  replaceIf(key: string, expected: string, value: string, ttlMs: number): Promise<0 | 1>;
  deleteIf(key: string, expected: string): Promise<0 | 1>;
  /** The level after the take is text, since Redis cuts the fraction off a number. */
  takeTokens(key: string, burst: number, perSecond: number, cost: number): Promise<[allowed: 0 | 1, level: string]>;
}

const replaceIf = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;

const deleteIf = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;

/**
 * The arithmetic of bucket.ts. The time is that of Redis, so the clocks of its clients need not agree. The bucket
 * expires when it would be full: one that is not there is full, so nothing is lost by that.
 */
const takeTokens = `
local burst, perSecond, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000

local level = burst
local bucket = redis.call('HMGET', KEYS[1], 'level', 'at')
if bucket[1] then
  local gained = math.max(0, now - tonumber(bucket[2])) * perSecond / 1000
  level = math.min(burst, tonumber(bucket[1]) + gained)
end

local allowed = level - cost >= -1e-9
if allowed then level = level - cost end

redis.call('HSET', KEYS[1], 'level', string.format('%.17g', level), 'at', string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - level) * 1000 / perSecond))
return { allowed and 1 or 0, string.format('%.17g', level) }
`;

/** The scripts as ioredis takes them: sent whole once a connection, by their hash after that. */
export const scripts = {
  replaceIf: { lua: replaceIf, numberOfKeys: 1 },
  deleteIf: { lua: deleteIf, numberOfKeys: 1 },
  takeTokens: { lua: takeTokens, numberOfKeys: 1 },
} satisfies Record<keyof Scripts, { lua: string; numberOfKeys: number }>;
