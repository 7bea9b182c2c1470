import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileDataset } from '../src/dataset.ts'
import type { FreshnessFacts } from '../src/facts.ts'
import type { Finding, Severity } from '../src/finding.ts'
import { findReport, makeReport, statusOf, worst, type Status } from '../src/report.ts'

const statuses: Status[] = ['pass', 'warn', 'fail']
const facts: FreshnessFacts = { newest: null, ageSeconds: null, maxAgeSeconds: 60, basis: 'mtime', state: 'missing' }
const dataset = fileDataset('/a.csv', '/')

const finding = (severity: Severity): Finding => ({ severity, code: 'x.y', message: 'z' })

test('the worst of statuses is the highest of pass, warn, fail', () => {
  expect(worst([])).toBe('pass')
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...statuses), { minLength: 1 }), (list) => {
      const highest = Math.max(...list.map((status) => statuses.indexOf(status)))
      expect(worst(list)).toBe(statuses[highest])
    }),
  )
})

test('findings of severity error fail, warn warns, info does nothing', () => {
  expect(statusOf([])).toBe('pass')
  expect(statusOf([finding('info')])).toBe('pass')
  expect(statusOf([finding('info'), finding('warn')])).toBe('warn')
  expect(statusOf([finding('error'), finding('warn')])).toBe('fail')
})

test('a report is plain data that JSON holds', () => {
  const started = new Date(Date.now() - 50)
  const findings = [{ severity: 'error', code: 'freshness.missing', message: 'no file' }] as const
  const report = makeReport('freshness', dataset, started, facts, findings)
  expect(report).toMatchObject({
    kind: 'freshness',
    dataset,
    status: 'fail',
    at: started.toISOString(),
    facts,
    findings,
  })
  expect(report.durationMs).toBeGreaterThanOrEqual(50)
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('a clock that was set back gives no duration below zero', () => {
  expect(makeReport('freshness', dataset, new Date(Date.now() + 60_000), facts).durationMs).toBe(0)
})

test('the last report of a kind is found', () => {
  const first = makeReport('freshness', dataset, new Date(0), facts)
  const last = makeReport('freshness', dataset, new Date(1), facts)
  expect(findReport([first, last], 'freshness')).toBe(last)
  expect(findReport([first, last], 'drift')).toBeUndefined()
})
