import { createHash } from 'node:crypto'
import type { AnyReport, CheckResult, ColumnDrift, ColumnProfile, Report } from '@dayshift/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Document } from '../src/document.ts'
import { datasetKey, type Background } from '../src/render/html/background.ts'
import { renderHtml } from '../src/render/html/document.ts'
import { html } from '../src/render/html/markup.ts'

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\u202Eevil\0\uD800`

function dataset(name = '/data/a.csv'): AnyReport['dataset'] {
  return {
    namespace: 'file',
    name,
    uri: `file://${name}`,
    format: 'csv',
    version: 'md5:0cc175b9c0f1b6a831c399e269772661',
  }
}

function profile(name: string, shift = 0): ColumnProfile {
  const edges = Array.from({ length: 21 }, (_, at) => at + shift)
  return {
    name,
    type: 'float',
    nulls: 3,
    distinct: 900,
    min: shift,
    max: 20 + shift,
    mean: 10 + shift,
    sd: 2,
    quartiles: [5 + shift, 10 + shift, 15 + shift],
    histogram: { edges, counts: edges.slice(1).map((edge) => Math.round(100 - Math.abs(edge - 10 - shift) * 9)) },
  }
}

function column(name: string, more: Partial<ColumnDrift> = {}): ColumnDrift {
  return {
    column: name,
    type: 'float',
    detector: 'ks',
    statistic: 0.3,
    pValue: 1e-9,
    adjustedPValue: 1e-8,
    threshold: 0.05,
    effect: 0.3,
    minEffect: 0.05,
    significant: true,
    drifted: true,
    gap: { at: 9.5, reference: 0.7, current: 0.4 },
    reference: profile(name),
    current: profile(name, 2),
    ...more,
  }
}

function driftReport(columns: readonly ColumnDrift[], name?: string): Report<'drift'> {
  const driftedColumns = [...new Set(columns.filter(({ drifted }) => drifted).map((one) => one.column))]
  return {
    kind: 'drift',
    dataset: dataset(name),
    status: driftedColumns.length > 0 ? 'fail' : 'pass',
    at: '2026-11-23T08:00:02.000Z',
    durationMs: 40,
    findings: [{ severity: 'error', code: 'drift.share', message: `drift of ${driftedColumns[0]}`, hint: 'Look.' }],
    facts: { referenceRows: 1000, currentRows: 1200, columns, driftedColumns, share: 1 },
  }
}

function check(id: string, value: string, message: string): CheckResult {
  const examples = Array.from({ length: 20 }, (_, at) => ({ row: at + 1, line: at + 2, value, message }))
  return {
    id,
    column: id,
    check: 'type',
    severity: 'error',
    evaluated: 1000,
    failed: 20,
    passed: false,
    nulls: 0,
    examples,
    failedValues: { distinct: 1, top: [{ value, count: 20 }] },
    ranAs: 'sql',
  }
}

function validateReport(checks: readonly CheckResult[], name?: string): Report<'validate'> {
  return {
    kind: 'validate',
    dataset: dataset(name),
    status: 'fail',
    at: '2026-11-23T08:00:01.000Z',
    durationMs: 30,
    findings: checks.slice(0, 50).map(({ id }) => ({ severity: 'error', code: 'validate.other', message: id })),
    facts: { rows: 1000, failedRows: 20, checks },
  }
}

function documentOf(reports: readonly AnyReport[], more: Partial<Document> = {}): Document {
  return { dayshift: '0.1.0', command: 'run', status: 'fail', exitCode: 1, durationMs: 1234, reports, ...more }
}

/** What is wrong with a page that must run nothing, ask for nothing, and be read by all. */
function problemsOf(page: string): string[] {
  const tags = page.match(/<[a-z][^>]*>/gi) ?? []
  const ids = tags.flatMap((tag) => / id="([^"]*)"/.exec(tag)?.[1] ?? [])
  const named = tags.flatMap((tag) => [/ aria-labelledby="([^"]*)"/.exec(tag)?.[1], / href="#([^"]*)"/.exec(tag)?.[1]])
  const tables = page.split('<table>').slice(1)
  return [
    ...tags.filter((tag) => /^<(script|img|iframe|object|embed|link|base|form|input|a href="(?!#))/i.test(tag)),
    ...tags.filter((tag) => /\s(on\w+|style|src)=/i.test(tag.replaceAll(/"[^"]*"/g, '""'))),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id ${id} twice`),
    ...named.filter((id) => id !== undefined && !ids.includes(id)).map((id) => `nothing is called ${id}`),
    ...tables
      .filter((table) => !/^\s*<caption[\s\S]*<th scope="col"/.test(table))
      .map(() => 'a table without caption or heads'),
    ...tags.filter((tag) => tag.startsWith('<svg') && !/aria-label="[^"]+"|aria-hidden/.test(tag)),
    ...(/[\0\u202A-\u202E\u2066-\u2069]|\uFFFE/.test(page) ? ['a character that turns or ends text'] : []),
  ]
}

const hostile = documentOf(
  [
    validateReport([check(HOSTILE, HOSTILE, HOSTILE)], `/data/${HOSTILE}`),
    driftReport(
      [
        column(HOSTILE, {
          detail: HOSTILE,
          type: 'string',
          moved: [{ cell: HOSTILE, reference: 0.1, current: 0.4 }],
          reference: { ...profile(HOSTILE), histogram: null, top: [{ value: HOSTILE, count: 4 }] },
        }),
        column(`${HOSTILE}2`),
      ],
      `/data/${HOSTILE}`,
    ),
  ],
  {
    skipped: [{ dataset: HOSTILE, step: 'version', reason: HOSTILE, hint: HOSTILE }],
    error: { code: 'DS_INTERNAL', message: HOSTILE, hint: HOSTILE },
  },
)

test('nothing that data, names or messages hold becomes a part of the page', () => {
  const page = renderHtml(hostile, '/data')
  expect(problemsOf(page)).toEqual([])
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(page).toContain('\\u202eevil\\x00')
})

test('lines of a command are text, whatever stands in them and in their title', () => {
  const page = renderHtml(documentOf([], { status: 'pass' }), '/data', {
    subject: HOSTILE,
    text: [`\u001B[1m${HOSTILE}\u001B[22m`, ...Array.from({ length: 20_000 }, (_, at) => `${at} ${HOSTILE}`)],
  })
  expect(problemsOf(page)).toEqual([])
  expect(page).not.toContain('\u001B')
  expect(Buffer.byteLength(page)).toBeLessThan(300_000)
  expect(page).toMatch(/[\d,]+ more lines left out here/)
})

test('text of any kind comes out as it went in, in elements and in attributes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const made = html`<p title="${text}">${text}</p>`.text
      const [, title = '', body = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(made) ?? []
      expect(title).toBe(body)
      expect(made).toBe(`<p title="${body}">${body}</p>`)
    }),
  )
})

test('text that a person can read comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      const made = html`<p>${text}</p>`.text
      const body = made.slice('<p>'.length, -'</p>'.length)
      const back = body
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
      expect(back.replaceAll('&amp;', '&')).toBe(text)
      expect(body).not.toMatch(/[<>"']/)
    }),
  )
})

test('the policy lets the page do nothing but have its own style', () => {
  const page = renderHtml(hostile, '/data')
  const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ])
  expect(style).not.toMatch(/url\(|@import/)
})

const long = (at: number): string => `column ${at} ${'<&"é漢'.repeat(60)}`

test.each<[string, readonly AnyReport[]]>([
  ['columns', [driftReport(Array.from({ length: 3000 }, (_, at) => column(long(at))))]],
  ['checks', [validateReport(Array.from({ length: 3000 }, (_, at) => check(long(at), long(at), long(at))))]],
  [
    'datasets',
    Array.from({ length: 800 }, (_, at) => [
      validateReport([check(long(at), long(at), long(at))], `/data/${long(at)}`),
      driftReport([column(long(at))], `/data/${long(at)}`),
    ]).flat(),
  ],
])('a page is no larger than 300 kB whatever it tells of: many %s', (_what, reports) => {
  const page = renderHtml(documentOf(reports), '/data')
  expect(Buffer.byteLength(page)).toBeLessThan(300_000)
  expect(Buffer.byteLength(page)).toBeGreaterThan(60_000)
  expect(page).toMatch(/left out here: JSON has all|Left out for length/)
  expect(problemsOf(page)).toEqual([])
})

test('what failed first is said at the top, and the worst dataset comes first', () => {
  const good: Report<'drift'> = { ...driftReport([column('a', { drifted: false })], '/data/good.csv'), status: 'pass' }
  const bad = validateReport([check('id: type', 'x', 'no number')], '/data/bad.csv')
  const page = renderHtml(documentOf([good, bad]), '/data')
  expect(page).toMatch(/First to fail:<\/strong> <a href="#dataset-1-0"> ?validate of <bdi>bad\.csv<\/bdi>/)
  const titles = [...page.matchAll(/<h2 id="dataset-\d"><bdi>(.*?)<\/bdi>/g)].map(([, title]) => title)
  expect(titles).toEqual(['bad.csv', 'good.csv'])
})

test('the gap of the distribution functions is drawn where it is, from one curve to the other', () => {
  const page = renderHtml(documentOf([driftReport([column('a')])], { command: 'drift' }), '/data')
  // The axis goes from 0 to 22 on 460 pixels, shares from 168 (none) to 6 (all).
  expect(page).toContain('x1="198.6" y1="54.6" x2="198.6" y2="103.2"')
  expect(page).toContain(
    'the largest gap, D = 0.3, is at 9.5: 70 % of the values were up to there before, 40 % are now',
  )
})

test('columns that drifted most come first, the lines of one column together', () => {
  const columns = [
    column('calm', { drifted: false, significant: false, effect: 0.01 }),
    column('little', { effect: 0.1 }),
    column('much', { effect: 0.9 }),
    column('much', { detector: 'range', drifted: false, significant: false, effect: 0 }),
  ]
  const page = renderHtml(documentOf([driftReport(columns)], { command: 'drift' }), '/data')
  const lines = [...page.matchAll(/<th scope="row"> ?<bdi>(\w+)<\/bdi> <span class="mute">float/g)].map(
    ([, name]) => name,
  )
  expect(lines).toEqual(['much', 'much', 'little', 'calm'])
})

test('the past is shown where it is known', () => {
  const report = driftReport([column('a')])
  const points = [0.1, 0.2, 0.3].map((value, at) => ({
    at: `2026-11-2${at}T00:00:00.000Z`,
    status: 'fail' as const,
    value,
  }))
  const background: Background = {
    trends: new Map([[datasetKey(report.dataset), { kinds: { drift: points }, effects: new Map([['a', points]]) }]]),
    runs: new Map(),
  }
  const page = renderHtml(documentOf([report], { command: 'drift' }), '/data', { background })
  expect(page).toContain('share of drifted columns over 3 runs: from 10 % to 30 %, at most 30 %')
  expect(page).toContain('effect on a over 3 runs: from 0.1 to 0.3, at most 0.3')
  expect(page).toContain('2026-11-20 fail, 2026-11-21 fail, 2026-11-22 fail')
})
