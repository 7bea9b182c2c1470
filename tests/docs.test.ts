import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
/** The page that the tables of codes make. */
function errorsPage(): string {
  return execFileSync(process.execPath, [join(root, 'scripts', 'errors-page.mjs'), '--print'], { encoding: 'utf8' })
}

const pages = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.md') && !/(^|[\\/])(node_modules|dist|fixtures|\.changeset)[\\/]/.test(path),
)

test('docs/errors.md is what the tables of codes say', () => {
  const page = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
  expect(page).toBe(errorsPage())
})

test('every code that is thrown stands in a table, and every code of a table is thrown', () => {
  const page = errorsPage()
  const listed = new Set([...page.matchAll(/^\| `(DS_[A-Z_]+)`/gm)].map((match) => match[1]))
  const used = new Set<string>()
  for (const folder of [
    'packages/core',
    'packages/validate',
    'packages/dvc',
    'packages/catalog',
    'packages/lineage',
    'packages/monitor',
    'apps/cli',
  ]) {
    for (const file of readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('codes.ts')) continue
      const text = readFileSync(join(root, folder, 'src', file), 'utf8').replaceAll(/^ \*.*$/gm, '')
      for (const [, code] of text.matchAll(/'(DS_[A-Z_]+)'/g)) used.add(String(code))
    }
  }
  expect([...used].filter((code) => !listed.has(code))).toEqual([])
  expect([...listed].filter((code) => !used.has(String(code)))).toEqual([])
})

test('every link between pages leads somewhere', () => {
  const dead = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => String(match[1]))
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`)
  })
  expect(pages.length).toBeGreaterThan(15)
  expect(dead).toEqual([])
})

test('every habit has a page, and every package a README', () => {
  const habits = ['prototype', 'validate', 'version', 'register', 'log', 'freshness', 'drift', 'run']
  const missing = habits.map((habit) => join('docs', `${habit}.md`)).filter((page) => !pages.includes(page))
  const readmes = ['packages', 'apps'].flatMap((floor) =>
    readdirSync(join(root, floor)).map((name) => relative(root, join(root, floor, name, 'README.md'))),
  )
  expect([...missing, ...readmes.filter((page) => !pages.includes(page))]).toEqual([])
})
