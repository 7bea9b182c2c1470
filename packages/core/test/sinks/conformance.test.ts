import { expect, test } from 'vitest'
import { historySink } from '../../src/sinks/history.ts'
import type { Sink } from '../../src/sink.ts'
import { sinkConformance } from '../../src/sinks/conformance.ts'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../folder.ts'

const folder = newFolder()
let files = 0

test.each(
  sinkConformance((farSide) => {
    if (farSide === 'hangs') return undefined
    const home = farSide === 'takes' ? join(folder.path, String(++files)) : folder.write(String(++files), '')
    const path = join(home, 'reports.jsonl')
    return { sink: historySink(path), received: () => (existsSync(path) ? [readFileSync(path, 'utf8')] : []) }
  }),
)('history: $name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined()
})

/** Sinks that do one thing wrong each: a suite that passes them would prove nothing. */
const wrong: Record<string, (received: string[]) => Sink> = {
  'its name is told in reports, and holds no secrets': () => ({
    name: 'https://me:pw@host',
    alert: async () => undefined,
  }),
  'it takes reports, or alerts, or both': () => ({ name: 'neither' }),
  'all alerts arrive, with odd texts as they are': (received) => ({
    name: 'first only',
    alert: async ([first]) => void received.push(JSON.stringify(first)),
  }),
  'that an alert is over arrives as well': (received) => ({
    name: 'no ends',
    alert: async (notices) => void received.push(...notices.map(({ key }) => key)),
  }),
  'no alerts are nothing': (received) => ({ name: 'posts nothing', alert: async () => void received.push('[]') }),
  'a report arrives': () => ({ name: 'forgets', write: async () => undefined }),
  'asked to stop before it began, it sends no alert': (received) => ({
    name: 'deaf',
    alert: async () => void received.push('sent'),
  }),
  'what the other side will not have is an error with a code': () => ({
    name: 'plain',
    alert: () => Promise.reject(new Error('plain')),
  }),
  'asked to stop while it waits, it stops': () => ({ name: 'says it did', alert: async () => undefined }),
}

test.each(Object.keys(wrong))('a sink that does not keep "%s" is found out', async (name) => {
  const suite = sinkConformance(() => {
    const received: string[] = []
    return { sink: (wrong[name] as (received: string[]) => Sink)(received), received: () => received }
  })
  await expect(suite.find((item) => item.name === name)?.run()).rejects.toThrow(/./)
})

test('every thing of the suite has a sink that does it wrong', () => {
  expect(sinkConformance(() => undefined).map(({ name }) => name)).toEqual(Object.keys(wrong))
})
