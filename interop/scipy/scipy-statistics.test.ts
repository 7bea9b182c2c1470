import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { broken, type ScipyCase } from '../../packages/monitor/test/statistics/scipy-case.ts'
import { missed, type SpecialValue } from '../../packages/monitor/test/statistics/special-value.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, type PythonPeer } from '../peers.ts'

const fixtures = join(import.meta.dirname, '../../packages/monitor/test/fixtures')

/** What a script that makes a fixture writes with more values and another seed. */
async function made<Content>(peer: PythonPeer, script: string, size: number): Promise<Content> {
  const python = join(await installPeer(peer), 'python')
  const words = [join(fixtures, script), String(size), '7']
  const text = await new Promise<string>((done, fail) => {
    execFile(python, words, { maxBuffer: 1 << 28 }, (error, stdout) => (error ? fail(error) : done(stdout)))
  })
  return JSON.parse(text) as Content
}

describe.skipIf(!canInstall)('statistics', () => {
  test('against scipy 1.17.1: the same statistics and p-values, of random samples, tables and tails', async () => {
    const { cases } = await made<{ cases: ScipyCase[] }>(PYTHON_PEERS.scipy, 'make-statistics.py', 8)
    const { wrong, counts } = broken(cases)
    expect(wrong).toEqual([])
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15_000)
  })

  test('against mpmath 1.4.1: special functions, limit laws and distances at 60 digits', async () => {
    const { values } = await made<{ values: SpecialValue[] }>(PYTHON_PEERS.mpmath, 'make-special.py', 40)
    expect(values.map(missed).filter(({ error, allowed }) => !(error <= allowed))).toEqual([])
    expect(values.length).toBeGreaterThan(600)
  })
})
