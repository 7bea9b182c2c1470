import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driftOverTimePage } from '../apps/cli/dist/render/html/drift-over-time.js'
import type { DriftOverTime } from '../apps/cli/dist/drift/walk-versions.js'
import { findChromium } from './chromium.ts'
import { installNpmPeer } from './peer.ts'
import { NPM_PEERS } from './peers.ts'

/** What of Playwright is used. */
interface Page {
  goto(url: string): Promise<unknown>
  on(event: string, listener: (one: { text?(): string; url?(): string }) => void): void
  evaluate<Result>(code: string): Promise<Result>
}
interface BrowserContext {
  newPage(): Promise<Page>
  close(): Promise<void>
}
interface Browser {
  newContext(options: object): Promise<BrowserContext>
  close(): Promise<void>
}

const program = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-pages-'))
const chromium = await findChromium()
const NAME = `<script>document.title='run'</script>"'><img src=x onerror=alert(1)>`

let browser: Browser | undefined
let peer = ''

function dayshift(...words: readonly string[]): void {
  spawnSync(process.execPath, [program, ...words], { cwd: folder })
}

function quoted(more: string): string {
  return `"${(NAME + more).replaceAll('"', '""')}"`
}

/** A table whose values, and one of whose names, would be elements of a page. */
function side(shift: number): string {
  const rows = Array.from({ length: 400 }, (_, at) => `${at},${(at % 40) + shift},${quoted(at % 3 < shift ? '!' : '')}`)
  return `id,${quoted('')},text\n${rows.join('\n')}\n`
}

/** A page of versions, and one of more of them and of more columns than it has room for. */
function overTime(): void {
  // Apart: the other folder is a project, and a repository, of its own.
  const cwd = mkdtempSync(join(tmpdir(), 'dayshift-versions-'))
  const env: NodeJS.ProcessEnv = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  for (const words of [
    'init --quiet --initial-branch=main',
    'config user.name Test',
    'config user.email test@example.org',
  ])
    spawnSync('git', words.split(' '), { cwd, env })
  for (let version = 0; version < 9; version++) {
    // What is as it was is no new version.
    writeFileSync(join(cwd, 'history.csv'), `${side(version < 5 ? 0 : 9)}${version},1,"x"\n`)
    const tag = version === 0 ? ['--tag', 'v1.0'] : []
    spawnSync(process.execPath, [program, 'version', 'history.csv', ...tag], { cwd, env })
  }
  const words = ['drift', 'history.csv', '--since', 'v1.0', '--output', join(folder, 'over-time.html')]
  spawnSync(process.execPath, [program, ...words], { cwd, env })
  rmSync(cwd, { recursive: true, force: true })
  writeFileSync(join(folder, 'many.html'), driftOverTimePage(manyColumns(400, 200), 'history.csv', 'fail'))
}

/** A number in 0–0.1 that looks random. */
function effectOf(day: number, column: number): number {
  return ((day * 7919 + column * 104_729) % 1000) / 10_000
}

/** Columns that change their values at random, over so many versions. */
function manyColumns(days: number, count: number): DriftOverTime {
  const places = Array.from({ length: days }, (_, day) => day)
  const names = Array.from({ length: count }, (_, column) => `${NAME}${column}`)
  return {
    path: 'history.csv',
    since: '400d',
    against: 'previous',
    versions: places.map((day) => ({
      hash: `md5:${day}`,
      at: new Date(Date.parse('2025-10-01T06:00:00Z') + day * 86_400_000).toISOString(),
      label: `v${day}`,
      tags: [],
      rows: 1000,
      compared: count,
      status: 'warn' as const,
      driftedColumns: names.filter((_, column) => effectOf(day, column) >= 0.05),
    })),
    compared: places,
    columns: names.map((column, at) => ({
      column,
      detector: 'ks',
      effects: places.map((day) => effectOf(day, at)),
      drifted: places.map((day) => effectOf(day, at) >= 0.05),
      minEffect: 0.05,
      since: effectOf(days - 1, at) >= 0.05 ? days - 1 : null,
      effect: { changes: { pValue: 0.01, found: [{ place: 20, before: 0.02, after: 0.06 }] } },
      alarms: places.map(() => false),
    })),
    spreads: places.map((day) =>
      names.map((column, at) => {
        const level = effectOf(day, at)
        return at % 2 === 0
          ? { column, quantiles: [level, level + 1, level + 2, level + 3, level + 5] }
          : { column, shares: [[NAME, level] as const, ['b', 0.2] as const, ['c', 0.1] as const] }
      }),
    ),
  }
}

beforeAll(async () => {
  peer = await installNpmPeer(NPM_PEERS.browser)
  dayshift('init', '--example')
  copyFileSync(join(folder, 'batches/drifted.csv'), join(folder, 'data/readings.csv'))
  dayshift('run', '--output', 'run.html')
  writeFileSync(join(folder, 'old.csv'), side(0))
  writeFileSync(join(folder, 'new.csv'), side(9))
  dayshift('drift', 'old.csv', 'new.csv', '--classifier', '--correlations', '--by', 'text', '--output', 'drift.html')
  overTime()
  dayshift('diff', 'old.csv', 'new.csv', '--key', 'id', '--output', 'diff.html')
  dayshift('profile', 'new.csv', '--key', 'id', '--output', 'profile.html')
  dayshift('history', '--output', 'history.html')
  if (!chromium) return
  const { chromium: launcher } = createRequire(join(peer, 'package.json'))('playwright-core') as {
    chromium: { launch(options: object): Promise<Browser> }
  }
  browser = await launcher.launch({ ...chromium, args: ['--no-sandbox', '--disable-gpu'] })
}, 900_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

const PAGES = ['run.html', 'drift.html', 'diff.html', 'over-time.html', 'many.html', 'profile.html', 'history.html']

test.each(PAGES)(
  '%s is HTML as it is written down',
  (page) => {
    writeFileSync(
      join(folder, '.htmlvalidate.json'),
      JSON.stringify({
        root: true,
        extends: ['html-validate:standard'],
        // How the source is laid out is nobody's business; the rest is what the standard says.
        rules: {
          'void-style': 'off',
          'no-trailing-whitespace': 'off',
          'long-title': 'off',
          'no-inline-style': 'error',
          'no-raw-characters': 'off',
          'prefer-native-element': 'off',
        },
      }),
    )
    const { status, stdout } = spawnSync(
      join(peer, 'node_modules', '.bin', 'html-validate'),
      ['--formatter', 'text', page],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  },
  60_000,
)

test.each(PAGES)('%s is no larger than a page may be', (page) => {
  const { length } = readFileSync(join(folder, page))
  expect(length).toBeGreaterThan(5000)
  expect(length).toBeLessThan(300_000)
})

test('a page that has no room for all says what it left out', () => {
  const page = readFileSync(join(folder, 'many.html'), 'utf8')
  expect(page).toMatch(/\d+ more columns left out here: JSON has all\./)
  expect(page).toMatch(/\d+ more versions left out here: JSON has all\./)
})

const cases = PAGES.flatMap((page) =>
  (['light', 'dark'] as const).flatMap((colorScheme) => [1200, 380].map((width) => ({ page, colorScheme, width }))),
)

test.skipIf(!chromium).each(cases)(
  '$page in a browser ($colorScheme, $width px): nothing runs, nothing is asked for, and axe finds nothing',
  async ({ page: file, colorScheme, width }) => {
    const url = pathToFileURL(join(folder, file)).href
    const said: string[] = []
    const context = (await browser?.newContext({ colorScheme, viewport: { width, height: 900 } })) as BrowserContext
    const page = await context.newPage()
    page.on('console', (one) => said.push(one.text?.() ?? ''))
    page.on('dialog', () => said.push('a dialog'))
    page.on('pageerror', () => said.push('an error of a script'))
    page.on('request', (one) => said.push(one.url?.() ?? ''))
    await page.goto(url)
    // Its own address is all that it asks for, and it is no wider than the window.
    expect(said).toEqual([url])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await page.evaluate('document.querySelectorAll("script, img").length')).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).toBe('1152px')
    await context.close()

    const audited = (await browser?.newContext({
      colorScheme,
      bypassCSP: true,
      viewport: { width, height: 900 },
    })) as BrowserContext
    const open = await audited.newPage()
    await open.goto(url)
    await open.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })')
    await open.evaluate(readFileSync(join(peer, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8'))
    const found = await open.evaluate<string[]>(
      'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))',
    )
    expect(found).toEqual([])
    await audited.close()
  },
  120_000,
)
