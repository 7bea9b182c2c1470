import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileDataset } from '@dayshift/core'
import { compactCatalog } from '../src/upkeep.ts'
import { register } from '../src/register.ts'
import { jsonlStore } from '../src/stores/jsonl.ts'
import { weather } from './sample.ts'

let folder: string
let path: string

const ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}
const git = (cwd: string, ...words: string[]): string => execFileSync('git', words, { cwd, env: ENV, encoding: 'utf8' })
const commit = (message: string): void => {
  git(folder, 'add', '-A')
  git(folder, 'commit', '-qm', message)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-catalog-git-'))
  path = join(folder, 'data_catalog.jsonl')
  git(folder, 'init', '-q', '-b', 'main')
  writeFileSync(join(folder, '.gitattributes'), '*.jsonl merge=union\n')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const entry = (name: string, description: string, at: string, cwd = folder): ReturnType<typeof register> =>
  register(weather({ name, description, dataset: fileDataset(`data/${name}.csv`, cwd, 'csv') }), {
    path: join(cwd, 'data_catalog.jsonl'),
    now: new Date(at),
  })

const listed = async (cwd = folder): Promise<[string, string, number][]> =>
  (await jsonlStore(join(cwd, 'data_catalog.jsonl')).list()).map(({ dataset_name, description, revision }) => [
    dataset_name,
    description,
    revision,
  ])

test('two branches merge without a conflict, in either direction, and fold to the same entries', async () => {
  await entry('weather', 'first', '2026-11-01')
  commit('first')
  git(folder, 'switch', '-qc', 'ada')
  await entry('weather', 'by ada', '2026-11-02')
  await entry('flights', 'new on both', '2026-11-02')
  commit('ada')
  git(folder, 'switch', '-q', 'main')
  await entry('weather', 'by bob, later', '2026-11-03')
  await entry('flights', 'new on both', '2026-11-03')
  await entry('sales', 'only here', '2026-11-03')
  commit('bob')
  git(folder, 'switch', '-qc', 'merged', 'ada')
  git(folder, 'merge', '-q', '--no-edit', 'main')
  const expected = [
    ['flights', 'new on both', 1],
    ['sales', 'only here', 1],
    ['weather', 'by bob, later', 2],
  ]
  expect(await listed()).toEqual(expected)
  git(folder, 'switch', '-q', 'main')
  git(folder, 'merge', '-q', '--no-edit', 'ada')
  expect(await listed()).toEqual(expected)
  // The one that lost is history still, and the next revision follows both.
  expect((await entry('weather', 'after', '2026-11-04')).facts.revision).toBe(3)
  const history = await jsonlStore(path).history({ namespace: 'file', name: join(folder, 'data/weather.csv') })
  expect(history.map(({ description }) => description)).toEqual(['first', 'by ada', 'by bob, later', 'after'])
})

test('a clone in another folder has the same entries, and registering there what is unchanged writes nothing', async () => {
  const { facts } = await entry('weather', 'first', '2026-11-01')
  commit('first')
  const clone = mkdtempSync(join(tmpdir(), 'dayshift-catalog-clone-'))
  git(clone, 'clone', '-q', folder, '.')
  const before = readFileSync(join(clone, 'data_catalog.jsonl'), 'utf8')
  const again = await entry('weather', 'first', '2026-11-02', clone)
  expect(again.facts).toMatchObject({ id: facts.id, changed: [], revision: 1 })
  expect(readFileSync(join(clone, 'data_catalog.jsonl'), 'utf8')).toBe(before)
  rmSync(clone, { recursive: true, force: true })
})

test('a branch that compacted merges with one that went on', async () => {
  for (const [at, text] of ['one', 'two', 'three'].entries()) await entry('weather', text, `2026-11-0${at + 1}`)
  commit('first')
  git(folder, 'switch', '-qc', 'tidy')
  await compactCatalog(path)
  commit('tidy')
  git(folder, 'switch', '-q', 'main')
  await entry('weather', 'four', '2026-11-05')
  await entry('flights', 'new', '2026-11-05')
  commit('on')
  git(folder, 'merge', '-q', '--no-edit', 'tidy')
  expect(await listed()).toEqual([
    ['flights', 'new', 1],
    ['weather', 'four', 4],
  ])
  const history = await jsonlStore(path).history({ namespace: 'file', name: join(folder, 'data/weather.csv') })
  expect(history.map(({ description }) => description)).toEqual(['one', 'two', 'three', 'four'])
  expect(await jsonlStore(path).check?.()).toEqual([])
})
