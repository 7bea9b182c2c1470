import { expect, test } from 'vitest'
import type { AnyReport } from '../../src/report.ts'
import type { Sink } from '../../src/sink.ts'
import { deliver } from '../../src/sinks/deliver.ts'
import { filtered } from '../../src/sinks/filtered.ts'
import { notice } from './notices.ts'

const dataset = { namespace: 'file', name: '/srv/weather.csv', uri: 'file:///srv/weather.csv' }

function report(more: Partial<AnyReport> = {}): AnyReport {
  return {
    kind: 'validate',
    dataset,
    status: 'fail',
    at: '',
    durationMs: 1,
    findings: [],
    facts: {},
    ...more,
  } as AnyReport
}

function keeping(name = 'kept'): { readonly sink: Sink & Required<Pick<Sink, 'write'>>; readonly kept: string[] } {
  const kept: string[] = []
  const write = async ({ kind, status }: AnyReport): Promise<void> => void kept.push(`${kind} ${status}`)
  return { sink: { name, write }, kept }
}

test('all sinks get all reports, in order; one that fails, or throws, or never ends keeps none from the others', async () => {
  const { sink, kept } = keeping()
  const reports = [report(), report({ kind: 'drift', status: 'warn' })]
  const throwing: Sink = {
    name: 'throws',
    write: () => {
      throw new Error('see https://me:pw@host/x')
    },
  }
  const half: Sink = {
    name: 'half',
    write: ({ kind }) => (kind === 'drift' ? Promise.reject(new Error('no drift')) : Promise.resolve()),
  }
  const endless: Sink = { name: 'endless', write: () => new Promise(() => undefined) }
  const alerts: Sink = { name: 'alerts', alert: async () => undefined }
  const outcomes = await deliver(reports, [throwing, sink, half, endless, alerts], { patience: 50 })
  expect(kept).toEqual(['validate fail', 'drift warn'])
  expect(outcomes).toMatchObject([
    { sink: 'throws', given: 2, taken: 0, error: { code: 'DS_SINK_FAILED', message: 'throws: see https://host/x' } },
    { sink: 'kept', given: 2, taken: 2 },
    { sink: 'half', given: 2, taken: 1, error: { code: 'DS_SINK_FAILED' } },
    {
      sink: 'endless',
      taken: 0,
      error: { code: 'DS_SINK_UNREACHABLE', message: 'endless: it was not done within 0.05 s' },
    },
  ])
  expect(JSON.parse(JSON.stringify(outcomes))).toEqual(outcomes)
})

test('asked to stop, nothing begins, and what goes on is left', async () => {
  const { sink, kept } = keeping()
  const endless: Sink = { name: 'endless', write: () => new Promise(() => undefined) }
  expect(await deliver([report()], [sink], { signal: AbortSignal.abort() })).toMatchObject([
    { error: { code: 'DS_ABORTED' } },
  ])
  expect(kept).toEqual([])
  expect(await deliver([report()], [endless], { signal: AbortSignal.timeout(20) })).toMatchObject([
    { error: { code: 'DS_ABORTED' } },
  ])
})

test('a filtered sink gets what it is to get only', async () => {
  const { sink, kept } = keeping()
  const part = filtered(
    sink,
    { kinds: ['validate', 'drift'], statuses: ['fail'], datasets: ['weather', 'x-*'] },
    ({ name }) => name.replace(/^.*\/|\.csv$/g, ''),
  )
  for (const one of [
    report(),
    report({ status: 'warn' }),
    report({ kind: 'freshness' }),
    report({ kind: 'drift', dataset: { ...dataset, name: '/srv/x-1.csv' } }),
    report({ dataset: { ...dataset, name: '/srv/y.csv' } }),
  ] as AnyReport[]) {
    await part.write?.(one)
  }
  expect(kept).toEqual(['validate fail', 'drift fail'])
  expect(part.name).toBe('kept')
  expect('alert' in part).toBe(false)
})

test('a filter says which alerts are wanted, as does the sink itself', () => {
  const sink: Sink = { name: 'x', alert: async () => undefined, wants: ({ column }) => column !== 'secret' }
  const part = filtered(sink, { kinds: ['freshness'], statuses: ['fail'], datasets: ['wea*'] })
  expect(part.wants?.(notice())).toBe(true)
  expect(part.wants?.(notice({ kind: 'drift' }))).toBe(false)
  expect(part.wants?.(notice({ severity: 'warn' }))).toBe(false)
  expect(part.wants?.(notice({ dataset: 'flights' }))).toBe(false)
  expect(part.wants?.(notice({ column: 'secret' }))).toBe(false)
  expect(filtered(sink, {}).wants?.(notice())).toBe(true)
})
