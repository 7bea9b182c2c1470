import fc from 'fast-check'
import { expect, test } from 'vitest'
import { md5Of } from '../../src/cache/hash.ts'
import { objectPlace } from '../../src/cache/layout.ts'
import { localRemote } from '../../src/remotes/local.ts'
import type { Remote } from '../../src/remotes/remote.ts'
import { presenceOf } from '../../src/transfer/presence.ts'
import { newFolder, put } from '../sandbox.ts'

const keyOf = (text: string): string => objectPlace({ algorithm: 'md5', digits: md5Of(text) })

test('whatever way a remote is asked, the answer is the same', async () => {
  const dir = newFolder()
  for (let at = 0; at < 300; at += 2) put(dir, keyOf(String(at)), String(at))
  const asked = { has: 0, list: 0 }
  const local = localRemote({ dir, shared: false })
  const counting = (pageSize: number | undefined): Remote => ({
    ...local,
    ...(pageSize === undefined ? {} : { pageSize }),
    async has(key, asking) {
      asked.has++
      return local.has(key, asking)
    },
    async *list(prefix, asking) {
      asked.list++
      yield* local.list?.(prefix, asking) ?? []
    },
  })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(299), { maxLength: 300 }), async (numbers) => {
      const keys = numbers.map((number) => keyOf(String(number)))
      const expected = numbers.filter((number) => number % 2 === 0).map((number) => keyOf(String(number)))
      for (const pageSize of [undefined, 1000]) {
        const found = await presenceOf(counting(pageSize), keys, { jobs: 8 })
        expect([...found.keys()].toSorted()).toEqual(expected.toSorted())
      }
    }),
    { numRuns: 20, examples: [[Array.from({ length: 300 }, (_, at) => at)]] },
  )
  expect(asked.list).toBeGreaterThan(0)
})

test('many keys are listed, and few are asked for', async () => {
  const dir = newFolder()
  const keys = Array.from({ length: 1000 }, (_, at) => keyOf(String(at)))
  for (const key of keys) put(dir, key)
  let lists = 0
  let questions = 0
  const local = localRemote({ dir, shared: false })
  const remote: Remote = {
    ...local,
    pageSize: 1000,
    async has(key, asking) {
      questions++
      return local.has(key, asking)
    },
    async *list(prefix, asking) {
      lists++
      yield* local.list?.(prefix, asking) ?? []
    },
  }
  expect((await presenceOf(remote, keys, { jobs: 8 })).size).toBe(1000)
  expect(questions).toBe(0)
  expect(lists).toBeLessThanOrEqual(256)
  expect((await presenceOf(remote, keys.slice(0, 3), { jobs: 8 })).size).toBe(3)
  expect(questions).toBeLessThanOrEqual(3)
})
