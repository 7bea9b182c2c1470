import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReport, type AnyReport } from '@dayshift/core'
import { afterEach, expect, test } from 'vitest'
import { newFolder, start, type Running } from './cli.ts'

let running: Running | undefined
afterEach(() => running?.child.kill('SIGKILL'))

const ETL = (name: string): string =>
  `import { factor } from './factor.js'\nexport const clean = (frame: any) => frame.derive({ ${name}: \`a * \${factor}\` })\n`

function project(): string {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.csv'), `a\n${Array.from({ length: 200 }, (_, at) => at).join('\n')}\n`)
  writeFileSync(join(folder, 'factor.ts'), 'export const factor: number = 2\n')
  writeFileSync(join(folder, 'etl.ts'), ETL('first'))
  return folder
}

/** Watches, and gives the reports of runs as they come. */
function watching(
  folder: string,
  ...words: string[]
): { next: () => Promise<unknown>; errors: (text: string) => Promise<void> } {
  const mine = start(folder, ['prototype', ...words, '--watch', '--rows', '3', '--format', 'jsonl'])
  running = mine
  let seen = 0
  return {
    next: async () => {
      const at = seen++
      await mine.until(({ stdout }) => stdout.split('\n').length - 1 > at)
      // A watcher says that it watches once a result is printed.
      await mine.until(({ stderr }) => stderr.split('Ctrl-C ends').length - 1 > at)
      const report = JSON.parse(mine.stdout().split('\n')[at] ?? '') as AnyReport
      return findReport([report], 'prototype')?.facts.head
    },
    errors: (text) => mine.until(({ stderr }) => stderr.includes(text)),
  }
}

test('the ETL runs again on the same sample when it or what it imports changes, until Ctrl-C', async () => {
  const folder = project()
  const { next, errors } = watching(folder, 'a.csv', '--etl', 'etl.ts#clean')
  const first = (await next()) as { a: number; first: number }[]
  const rows = first.map(({ a }) => a)
  expect(first).toEqual(rows.map((a) => ({ a, first: a * 2 })))

  writeFileSync(join(folder, 'etl.ts'), ETL('second'))
  expect(await next()).toEqual(rows.map((a) => ({ a, second: a * 2 })))

  // As editors do that replace the file by another one.
  writeFileSync(join(folder, '.factor.swp'), 'export const factor: number = 10\n')
  renameSync(join(folder, '.factor.swp'), join(folder, 'factor.ts'))
  expect(await next()).toEqual(rows.map((a) => ({ a, second: a * 10 })))

  writeFileSync(join(folder, 'etl.ts'), 'export const clean = (frame: any) => {\n  throw new Error("boom")\n}\n')
  await errors("error DS_ETL: the ETL 'clean' failed: boom\n  at ")
  writeFileSync(join(folder, 'etl.ts'), 'export const clean = (frame: any) => {\n')
  await errors('error DS_MODULE')
  writeFileSync(
    join(folder, 'etl.ts'),
    "import { late } from './late.ts'\nexport const clean = (frame: any) => frame.derive({ late })\n",
  )
  await errors("late.ts'")
  writeFileSync(join(folder, 'late.ts'), 'export const late = "a + 1"\n')
  const last = running as Running
  await last.until(({ stdout }) => stdout.split('\n').length === 5)
  expect(findReport([JSON.parse(last.stdout().split('\n')[3] ?? '') as AnyReport], 'prototype')?.facts.head).toEqual(
    rows.map((a) => ({ a, late: a + 1 })),
  )
  last.child.kill('SIGINT')
  const { code, stderr } = await last.ended
  expect(code).toBe(130)
  expect(stderr).toContain('etl.ts changed')
  expect(stderr).not.toContain('DS_ABORTED')
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
})

test('a change gives up a run that does not end, and --out has the last result', async () => {
  const folder = project()
  writeFileSync(
    join(folder, 'etl.mjs'),
    "import { writeFileSync } from 'node:fs'\nexport default () => new Promise(() => writeFileSync('begun', ''))\n",
  )
  const { next } = watching(folder, 'a.csv', '--etl', 'etl.mjs', '--out', 'out.csv')
  await (running as Running).until(() => {
    try {
      return readFileSync(join(folder, 'begun')).length === 0
    } catch {
      return false
    }
  })
  writeFileSync(join(folder, 'etl.mjs'), "export default (frame) => frame.select('a')\n")
  const head = (await next()) as { a: number }[]
  expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(`a\n${head.map(({ a }) => `${a}\n`).join('')}`)
})

test('an ETL of the project file, with CommonJS below it, is watched there; packages are not loaded anew', async () => {
  const folder = project()
  mkdirSync(join(folder, 'node_modules/once'), { recursive: true })
  writeFileSync(
    join(folder, 'node_modules/once/package.json'),
    '{ "name": "once", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(
    join(folder, 'node_modules/once/index.js'),
    'globalThis.loads = (globalThis.loads ?? 0) + 1\nexport const loads = globalThis.loads\n',
  )
  writeFileSync(join(folder, 'part.cjs'), 'exports.part = 1\n')
  writeFileSync(
    join(folder, 'dayshift.config.ts'),
    `import { part } from './part.cjs'
import { loads } from 'once'
export default { name: 'p', datasets: { a: { source: 'a.csv', prototype: { etl: (frame: any) => frame.derive({ part: \`\${part}\`, loads: \`\${loads}\` }) } } } }
`,
  )
  const { next } = watching(folder, 'a')
  expect(await next()).toMatchObject([{ part: 1, loads: 1 }, {}, {}])
  writeFileSync(join(folder, 'part.cjs'), 'exports.part = 22\n')
  expect(await next()).toMatchObject([{ part: 22, loads: 1 }, {}, {}])
})
