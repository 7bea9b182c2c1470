import { expect, test } from 'vitest'
import { Interruption } from '../../src/remotes/remote.ts'
import { withRetries, type Retry } from '../../src/transfer/retry.ts'

test('waits grow, heed what the remote wishes, and end', async () => {
  const waits: Retry[] = []
  let tries = 0
  const work = withRetries('s3://b/k', { attempts: 4, pause: 8, onRetry: (retry) => waits.push(retry) }, async () => {
    tries++
    throw new Interruption('https://me:pw@host said 503', { after: tries === 2 ? 40 : undefined })
  })
  await expect(work).rejects.toMatchObject({ code: 'DS_REMOTE_FAILED', where: 's3://b/k' })
  await expect(work).rejects.toThrow('(4 of 4 attempts)')
  expect(tries).toBe(4)
  expect(waits.map(({ message }) => message).join()).not.toContain('pw')
  const [first, second, third] = waits.map(({ wait }) => wait) as [number, number, number]
  expect(first).toBeGreaterThanOrEqual(4)
  expect(first).toBeLessThanOrEqual(8)
  expect(second).toBe(40)
  expect(third).toBeGreaterThanOrEqual(16)
  expect(third).toBeLessThanOrEqual(32)
})

test('an attempt that got further begins the count anew', async () => {
  let reached = 0
  const done = await withRetries('x', { attempts: 2, pause: 1, progress: () => reached }, async () => {
    reached += 1_000_000
    if (reached < 6_000_000) throw new Interruption('cut')
    return reached
  })
  expect(done).toBe(6_000_000)
})

test('an attempt that got hardly further counts', async () => {
  let reached = 0
  const work = withRetries('x', { attempts: 3, pause: 1, progress: () => reached }, async () => {
    reached += 100
    throw new Interruption('cut')
  })
  await expect(work).rejects.toThrow('(3 of 3 attempts)')
  expect(reached).toBe(300)
})

test('other errors, and a wish for a long rest, end it at once', async () => {
  let tries = 0
  const failing = (error: Error) =>
    withRetries('x', { pause: 1 }, async () => {
      tries++
      throw error
    })
  await expect(failing(new TypeError('ours'))).rejects.toThrow(TypeError)
  await expect(failing(new Interruption('429', { after: 3_600_000 }))).rejects.toThrow('left alone for 3600 s')
  expect(tries).toBe(2)
})

test('a wait that is called off ends', async () => {
  const stop = new AbortController()
  const work = withRetries('x', { pause: 60_000, signal: stop.signal, onRetry: () => stop.abort() }, async () => {
    throw new Interruption('cut')
  })
  await expect(work).rejects.toMatchObject({ code: 'DS_ABORTED' })
})

test('many may wait at a time for one signal, which ends all their waits', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  const control = new AbortController()
  const options = { pause: 60_000, signal: control.signal }
  const all = Array.from({ length: 30 }, () =>
    withRetries('x', options, () => Promise.reject(new Interruption('cut'))).catch((error: unknown) => error),
  )
  await new Promise((resolve) => setTimeout(resolve, 20))
  control.abort()
  for (const error of await Promise.all(all)) expect(error).toMatchObject({ code: 'DS_ABORTED' })
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', note)
  expect(warnings).toEqual([])
})

test('what an interruption says of the place is not said twice', async () => {
  const work = withRetries('s3://b/k', { attempts: 1 }, () => Promise.reject(new Interruption('s3://b/k: cut')))
  await expect(work).rejects.toThrow('s3://b/k: cut (1 of 1 attempts)')
  await expect(work).rejects.not.toThrow('s3://b/k: s3://b/k')
})

test('an address with a password is named once, and without it', async () => {
  const work = withRetries('http://me:pw@host/x', { attempts: 1 }, async () => {
    throw new Interruption('http://host/x: connect ECONNREFUSED')
  })
  await expect(work).rejects.toMatchObject({
    message: 'http://host/x: connect ECONNREFUSED (1 of 1 attempts)',
    where: 'http://host/x',
  })
})
