import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { open } from '../../packages/core/src/index.ts'
import { chiSquare, drift, jensenShannon, ks, psi, wasserstein } from '../../packages/monitor/src/index.ts'
import { chisquare, ks2samp } from '../../packages/monitor/src/statistics.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'

type Column = readonly (number | string)[]
type Case = readonly [kind: 'numbers' | 'categories', reference: Column, current: Column]
type Judged = Readonly<Record<string, readonly [score: number, drifted: boolean]>>

const ALPHA = 0.05
/** What Evidently asks of a distance, and ours of an effect. */
const LEAST = 0.1

/** Mulberry32, by Tommy Ettinger (public domain). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function draw<Value>(size: number, one: () => Value): Value[] {
  return Array.from({ length: size }, one)
}

/** Columns of numbers that are nothing but reals, of few whole ones, and of words; each with and without a change. */
function columns(): { readonly reals: Case[]; readonly counts: Case[]; readonly words: Case[] } {
  const next = randomOf(20_261_130)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const found = { reals: [] as Case[], counts: [] as Case[], words: [] as Case[] }
  for (const [n, m] of [
    [2000, 2000],
    [400, 900],
    [1000, 100],
    [300, 30],
  ] as const) {
    for (const change of [0, 0.05, 0.3, 1]) {
      found.reals.push(['numbers', draw(n, normal), draw(m, () => normal() + change)])
      const whole = (): number => Math.floor(6 * next() ** (1 + change))
      found.counts.push(['numbers', draw(n, () => Math.floor(6 * next())), draw(m, whole)])
      const word = (power: number): string =>
        ['red', 'green', 'blue', 'grey'][Math.floor(4 * next() ** power)] as string
      found.words.push(['categories', draw(n, () => word(1)), draw(m, () => word(1 + change))])
    }
  }
  return found
}

const { reals, counts, words } = columns()
let judged: { readonly reals: Judged[]; readonly counts: Judged[]; readonly words: Judged[] }

beforeAll(async () => {
  if (!canInstall) return
  const python = join(await installPeer(PYTHON_PEERS.evidently), 'python')
  const input = JSON.stringify([...reals, ...counts, ...words])
  const told = execFileSync(python, [join(import.meta.dirname, 'judge.py')], { input, encoding: 'utf8' })
  const all = JSON.parse(told) as Judged[]
  judged = {
    reals: all.slice(0, reals.length),
    counts: all.slice(reals.length, -words.length),
    words: all.slice(-words.length),
  }
})

/** What our detector says of a column by itself: no correction for many, as Evidently has none. */
async function ours(one: Case, name: 'ks' | 'chi-square' | 'wasserstein' | 'psi' | 'jensen-shannon') {
  const detector = {
    // Evidently looks at p alone here, so any effect will do.
    ks: ks({ minEffect: 0 }),
    'chi-square': chiSquare({ minEffect: 0 }),
    wasserstein: wasserstein({ minEffect: LEAST }),
    psi: psi({ minEffect: LEAST }),
    'jensen-shannon': jensenShannon({ minEffect: LEAST }),
  }[name]
  const [reference, current] = await Promise.all(one.slice(1).map((side) => open((side as Column).map((x) => ({ x })))))
  const { facts } = await drift(reference as NonNullable<typeof reference>, current as NonNullable<typeof current>, {
    detectors: [detector],
    correction: 'none',
    alpha: ALPHA,
  })
  const found = facts.columns.find(({ detector: by }) => by === name)
  if (found?.pValue === undefined) throw new Error(`${name} told nothing of this column`)
  return { statistic: found.statistic, pValue: found.pValue, drifted: found.drifted }
}

describe.skipIf(!canInstall)(`the same columns, by Evidently ${VERSIONS.evidently}`, () => {
  test('KS of reals: the same p and the same verdict', async () => {
    let drifted = 0
    for (const [at, one] of reals.entries()) {
      const [p, verdict] = judged.reals[at]?.['ks'] ?? [NaN, false]
      const found = await ours(one, 'ks')
      expect(Math.abs(found.pValue - p)).toBeLessThanOrEqual(1e-9 * p + 1e-300)
      expect(found.drifted).toBe(verdict)
      if (verdict) drifted++
    }
    // Both verdicts were there to be compared.
    expect(drifted).toBeGreaterThan(3)
    expect(drifted).toBeLessThan(reals.length - 3)
  })

  test('KS of values that many rows share: its p is ours of scipy, and larger than that of the tied law', async () => {
    for (const [at, one] of counts.entries()) {
      const [p, verdict] = judged.counts[at]?.['ks'] ?? [NaN, false]
      const { pValue } = ks2samp(one[1] as number[], one[2] as number[])
      expect(Math.abs(pValue - p)).toBeLessThanOrEqual(1e-9 * p + 1e-300)
      const found = await ours(one, 'ks')
      expect(found.pValue).toBeLessThanOrEqual(p)
      // What theirs sees, ours does.
      expect(found.drifted || !verdict).toBe(true)
    }
  })

  test.each([
    ['wasserstein', 'reals', 1],
    ['psi', 'counts', 1],
    ['psi', 'words', 1],
    // Theirs has nats, ours bits.
    ['jensen-shannon', 'counts', Math.sqrt(Math.LN2)],
    ['jensen-shannon', 'words', Math.sqrt(Math.LN2)],
  ] as const)(
    '%s of %s: the same distance; the verdict differs only where chance or the unit explains it',
    async (name, kind, unit) => {
      let alike = 0
      for (const [at, one] of { reals, counts, words }[kind].entries()) {
        const [score, verdict] = judged[kind][at]?.[name] ?? [NaN, false]
        const found = await ours(one, name)
        // What hardly any row has is left out of ours, and filled up in theirs.
        expect(hasRare(one, kind) ? score : found.statistic * unit).toBeCloseTo(score, 10)
        // They have no p: where chance moves a distance that far, ours is silent; else the verdicts are one.
        const isChance = verdict && !found.drifted && found.pValue > ALPHA
        // In bits a distance is larger than in nats, and so may be one that counts.
        const isUnit = found.drifted && !verdict && found.statistic * unit < LEAST
        expect(found.drifted === verdict || isChance || isUnit).toBe(true)
        if (found.drifted === verdict) alike++
      }
      expect(alike).toBeGreaterThan(8)
    },
  )

  test('chi-square: its p is ours of a reference that is taken as known; ours of two samples is larger', async () => {
    for (const [at, one] of words.entries()) {
      const [p] = judged.words[at]?.['chi-square'] ?? [NaN]
      const names = [...new Set(one[1])]
      const [before, after] = [one[1], one[2]].map((side) => names.map((name) => side.filter((x) => x === name).length))
      const scale = one[2].length / one[1].length
      const known = chisquare(
        after as number[],
        (before as number[]).map((count) => count * scale),
      )
      expect(Math.abs(known.pValue - p)).toBeLessThanOrEqual(1e-9 * p + 1e-300)
      expect((await ours(one, 'chi-square')).pValue).toBeGreaterThanOrEqual(p)
    }
  })
})

/** Whether a value is expected in fewer than 8 rows of a side. */
function hasRare([, reference, current]: Case, kind: 'reals' | 'counts' | 'words'): boolean {
  if (kind === 'reals') return false
  const all = [...reference, ...current]
  const least = Math.min(reference.length, current.length) / all.length
  return [...new Set(all)].some((value) => all.filter((one) => one === value).length * least < 8)
}
