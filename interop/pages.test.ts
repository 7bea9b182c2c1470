import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

beforeAll(async () => {
  peer = await installNpmPeer(NPM_PEERS.browser)
  dayshift('init', '--example')
  copyFileSync(join(folder, 'batches/drifted.csv'), join(folder, 'data/readings.csv'))
  dayshift('run', '--output', 'run.html')
  writeFileSync(join(folder, 'old.csv'), side(0))
  writeFileSync(join(folder, 'new.csv'), side(9))
  dayshift('drift', 'old.csv', 'new.csv', '--output', 'drift.html')
  dayshift('diff', 'old.csv', 'new.csv', '--key', 'id', '--output', 'diff.html')
  dayshift('profile', 'new.csv', '--key', 'id', '--output', 'profile.html')
  dayshift('history', '--output', 'history.html')
  if (!chromium) return
  const { chromium: launcher } = createRequire(join(peer, 'package.json'))('playwright-core') as {
    chromium: { launch(options: object): Promise<Browser> }
  }
  browser = await launcher.launch({ ...chromium, args: ['--no-sandbox', '--disable-gpu'] })
}, 300_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

const PAGES = ['run.html', 'drift.html', 'diff.html', 'profile.html', 'history.html']

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
