import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

const folder = newFolder()
const pageFile = join(folder, '.dayshift', 'report.html')

beforeAll(async () => {
  await dayshift(folder, ['init', '--example'])
  copyFileSync(join(folder, 'batches/drifted.csv'), join(folder, 'data/readings.csv'))
  await dayshift(folder, ['run', '--output', 'run.html'])
})

/** The steps that a page tells of, in their order. */
function stepsOf(page: string): string[] {
  return [...page.matchAll(/<h3 id="[\w-]+">(\d \w+) /g)].map(([, step]) => String(step))
}

const STEPS = ['1 prototype', '2 validate', '3 version', '4 register', '5 log', '6 freshness', '7 drift']

test('a run as a page: what ran, lineage of this run, the profile, and the drift', () => {
  const page = readFileSync(join(folder, 'run.html'), 'utf8')
  expect(stepsOf(page)).toEqual(STEPS)
  expect(page).toContain('Nothing failed; 1 step to be warned of.')
  expect(page).toMatch(/Lineage of this run.*s3:\/\/greenhouse.*readings.*wrote/s)
  expect(page).toContain('Profile of what the ETL gave')
  expect(page).toContain('the largest gap, D = 0.212, is at 22.4')
  expect(Buffer.byteLength(page)).toBeLessThan(300_000)
})

test('report makes a page of the last run, with what was before', async () => {
  const first = await dayshift(folder, ['report'])
  expect(first).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('1 dataset, 7 reports, warn: .dayshift/report.html'),
  })
  expect(stepsOf(readFileSync(pageFile, 'utf8'))).toEqual(STEPS)

  appendFileSync(join(folder, 'data/readings.csv'), '5001,nowhere,-1,20,50,2026-11-01T00:00:00Z\n')
  expect((await dayshift(folder, ['run'])).code).toBe(1)
  const { stdout } = await dayshift(folder, ['report', 'readings', '--json', '--out', 'out.html'])
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'pass',
    result: { status: 'fail', datasets: ['data/readings.csv'] },
  })
  const page = readFileSync(join(folder, 'out.html'), 'utf8')
  expect(stepsOf(page)).toEqual(STEPS.slice(0, 2))
  expect(page).toContain('First to fail:')
  expect(page).toContain('<bdi class="code">nowhere</bdi>')
  expect(page).toContain('share of rows that break a check over 2 runs: from 0 % to &lt; 0.1 %')
})

test.each([
  [['versions', 'data/readings.csv'], '<h1>versions data/readings.csv</h1>', 'Version data/readings.csv'],
  [['catalog', 'show', 'readings'], '<h1>catalog show readings</h1>', 'temperature'],
  [['lineage', 'graph'], '<h1>lineage graph</h1>', 's3://greenhouse'],
])('what is listed has a page: %j', async (words, title, line) => {
  const { code, stdout, stderr } = await dayshift(folder, [...words, '--format', 'html'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain(title)
  expect(/<pre class="scroll" tabindex="0">([^]*)<\/pre>/.exec(stdout)?.[1]).toContain(line)
})

test('--open starts the browser with the page, and says where there is none', async () => {
  const browser = join(folder, 'browser.sh')
  const seen = join(folder, 'seen.txt')
  writeFileSync(browser, `#!/bin/sh\necho "$1" > '${seen}'\n`, { mode: 0o755 })
  expect((await dayshift(folder, ['report', '--open'], { env: { BROWSER: browser } })).code).toBe(0)
  await expect.poll(() => existsSync(seen) && readFileSync(seen, 'utf8').trim(), { timeout: 5000 }).toBe(pageFile)
  const none = await dayshift(folder, ['report', '--open'], { env: { BROWSER: join(folder, 'nothing') } })
  expect(none).toMatchObject({ code: 3, stderr: expect.stringContaining('DS_BROWSER') })
})

test('without a history there is nothing to show', async () => {
  const { code, stderr } = await dayshift(newFolder(), ['report'])
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('dayshift run keeps them') })
})

test.each([
  ['validate', 'readings'],
  ['freshness', 'readings'],
  ['prototype', 'readings'],
  ['drift', 'data/readings-last-month.csv', 'readings'],
])('%s has a page of its own', async (...words) => {
  const { stdout } = await dayshift(folder, [...words, '--format', 'html'])
  expect(stdout).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/)
  expect(stepsOf(stdout)).toEqual([])
  expect(stdout).toContain(`<title>${words[0]} data/readings.csv</title>`)
})

test('what has no report of its own is a page too', async () => {
  writeFileSync(join(folder, 'one.ts'), "import { z } from 'zod'\nexport const one = z.object({ a: z.string() })\n")
  writeFileSync(join(folder, 'two.ts'), "import { z } from 'zod'\nexport const two = z.object({ a: z.number() })\n")
  const { stdout } = await dayshift(folder, ['compare', 'one.ts', 'two.ts', '--format', 'html'])
  expect(stdout).toContain('<title>compare one.ts → two.ts</title>')
  expect(stdout).toContain('breaks')
})
