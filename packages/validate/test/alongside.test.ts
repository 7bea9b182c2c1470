import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { alongside } from '../src/alongside.ts'

/** Work that goes on until it is told to stop. */
async function endless(signal: AbortSignal): Promise<never> {
  await wait(60_000, undefined, { signal })
  throw new Error('nobody stopped it')
}

test('both are done, and the one may wait for the other', async () => {
  const done = await alongside(
    () => wait(5, 'aside'),
    async (aside) => `main and ${await aside()}`,
    undefined,
  )
  expect(done).toBe('main and aside')
})

test('where one fails, the other is stopped, and the error is the first one', async () => {
  const failing = alongside(endless, () => Promise.reject(new Error('main failed')), undefined)
  await expect(failing).rejects.toThrow('main failed')
  const other = alongside(
    () => Promise.reject(new Error('aside failed')),
    (_, signal) => endless(signal),
    undefined,
  )
  await expect(other).rejects.toThrow('aside failed')
  const waiting = alongside(
    () => Promise.reject(new Error('aside failed')),
    (aside) => aside(),
    undefined,
  )
  await expect(waiting).rejects.toThrow('aside failed')
})

test('a signal stops both', async () => {
  const stop = new AbortController()
  const both = alongside(endless, (_, signal) => endless(signal), stop.signal)
  stop.abort()
  await expect(both).rejects.toMatchObject({ name: 'AbortError' })
})
