import assert from 'node:assert/strict'
import type { AlertNotice } from '../alerts/alert.ts'
import type { ConformanceTest } from '../conformance-test.ts'
import { isDayshiftError } from '../errors.ts'
import type { AnyReport } from '../report.ts'
import type { Sink } from '../sink.ts'

/** What the other side of a sink does with what it gets: takes it, will not have it, or never answers. */
export type FarSide = 'takes' | 'refuses' | 'hangs'

/** A sink under test, and what has arrived at its other side. */
export interface SinkUnderTest {
  readonly sink: Sink
  /** All that has arrived, as text. */
  readonly received: () => Promise<readonly string[]> | readonly string[]
}

const NOTICE: AlertNotice = {
  key: '0123456789abcdef',
  project: 'airports',
  dataset: 'weather',
  kind: 'freshness',
  code: 'freshness.stale',
  severity: 'error',
  uri: 'file:///srv/weather.csv',
  message: 'the newest data is 2d old',
  hint: 'Look at what writes it.',
  event: 'fire',
  startsAt: '2026-11-23T08:00:00.000Z',
}

const REPORT: AnyReport = {
  kind: 'register',
  dataset: { namespace: 'file', name: '/srv/weather.csv', uri: 'file:///srv/weather.csv' },
  status: 'pass',
  at: '2026-11-23T08:00:00.000Z',
  durationMs: 1,
  findings: [],
  facts: { id: 'weather', revision: 1, created: true, changed: [] },
} as unknown as AnyReport

/** Texts that programs fall over. */
const ODD = 'Zürich “01”\n\u2028 🌍 </script> %20 \\ {{ x }}'

/**
 * What every {@link Sink} must do, as tests for any test runner. What it has no member for is not asked of it.
 *
 * @param make gives a sink whose other side does as it is told, and has nothing yet; one that cannot be told to refuse, or to
 * hang, gives `undefined`
 * @example for (const { name, run } of sinkConformance(make)) test(name, run)
 */
export function sinkConformance(
  make: (farSide: FarSide) => Promise<SinkUnderTest | undefined> | SinkUnderTest | undefined,
): readonly ConformanceTest[] {
  const tests: Record<string, (make: (farSide: FarSide) => Promise<SinkUnderTest | undefined>) => Promise<void>> = {
    'its name is told in reports, and holds no secrets': async (get) => {
      const { sink } = await taking(get)
      assert.notEqual(sink.name, '')
      assert.doesNotMatch(sink.name, /:\/\/|@/)
    },

    'it takes reports, or alerts, or both': async (get) => {
      const { sink } = await taking(get)
      assert.ok('write' in sink || 'alert' in sink, 'it has write, or alert')
    },

    'all alerts arrive, with odd texts as they are': async (get) => {
      const { sink, received } = await taking(get)
      if (!sink.alert) return
      const notices = ['a', 'b', 'c'].map((column) => ({ ...NOTICE, key: `${column}123456789abcdef`, column }))
      await sink.alert([...notices, { ...NOTICE, message: ODD }])
      const all = textsWithin(await received())
      for (const text of ['a', 'b', 'c', 'freshness.stale', NOTICE.message, ODD]) {
        assert.ok(all.includes(text), `${text} has arrived`)
      }
    },

    'that an alert is over arrives as well': async (get) => {
      const { sink, received } = await taking(get)
      if (!sink.alert) return
      const endsAt = '2026-11-24T08:00:00.000Z'
      await sink.alert([{ ...NOTICE, event: 'resolve', endsAt }])
      assert.ok(textsWithin(await received()).includes(endsAt))
    },

    'no alerts are nothing': async (get) => {
      const { sink, received } = await taking(get)
      await sink.alert?.([])
      assert.deepEqual(await received(), [])
    },

    'a report arrives': async (get) => {
      const { sink, received } = await taking(get)
      if (!sink.write) return
      await sink.write(REPORT)
      assert.ok((await received()).some((text) => text.includes(REPORT.dataset.uri)))
    },

    'asked to stop before it began, it sends no alert': async (get) => {
      const { sink, received } = await taking(get)
      if (!sink.alert) return
      await assert.rejects(async () => sink.alert?.([NOTICE], { signal: AbortSignal.abort() }))
      assert.deepEqual(await received(), [])
    },

    'what the other side will not have is an error with a code': async (get) => {
      const under = await get('refuses')
      if (!under) return
      const { sink } = under
      if (sink.alert) await assert.rejects(sink.alert([NOTICE]), isDayshiftError)
      if (sink.write) await assert.rejects(sink.write(REPORT), isDayshiftError)
    },

    'asked to stop while it waits, it stops': async (get) => {
      const under = await get('hangs')
      if (!under?.sink.alert) return
      await assert.rejects(under.sink.alert([NOTICE], { signal: AbortSignal.timeout(50) }))
    },
  }
  return Object.entries(tests).map(([name, run]) => ({ name, run: () => run(async (farSide) => make(farSide)) }))
}

async function taking(get: (farSide: FarSide) => Promise<SinkUnderTest | undefined>): Promise<SinkUnderTest> {
  const under = await get('takes')
  assert.ok(under, 'there is a sink whose other side takes all')
  return under
}

/** All texts within what arrived, where that is JSON. */
function textsWithin(received: readonly string[]): string[] {
  const found: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string') found.push(value)
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner)
  }
  for (const text of received) {
    try {
      walk(JSON.parse(text))
    } catch {
      found.push(text)
    }
  }
  return found
}
