import { expect, test } from 'vitest'
import { breakage, isPassing, retryAfter } from '../../src/remotes/breakage.ts'
import { Interruption } from '../../src/remotes/remote.ts'

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Sun, 29 Nov 2026 12:00:10 GMT', 10_000],
  ['Sun, 29 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s', (header, after) => {
  expect(retryAfter(header, Date.UTC(2026, 10, 29, 12))).toBe(after)
})

test('which statuses may pass', () => {
  const passing = [200, 400, 404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 505, 507, 522].filter(isPassing)
  expect(passing).toEqual([408, 425, 429, 500, 502, 503, 504, 507, 522])
})

test('a connection that broke may come back, a bad certificate does not', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  expect(breakage(reset, 'http://host', undefined)).toBeInstanceOf(Interruption)
  const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:80')])
  expect(breakage(refused, 'http://host', undefined)).toMatchObject({
    message: 'http://host: connect ECONNREFUSED ::1:80',
  })
  const expired = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' })
  expect(breakage(expired, 'https://host', undefined)).toMatchObject({ code: 'DS_REMOTE_FAILED' })
  expect(() => breakage(reset, 'http://host', AbortSignal.abort())).toThrow('stopped')
})
