import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exampleFiles } from '../src/example/files.ts'
import { dayshift, newFolder, printed } from './cli.ts'

test('the example is written whole, into a git repository with a committer', async () => {
  const folder = newFolder()
  const env = { GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '', GIT_COMMITTER_NAME: '', GIT_COMMITTER_EMAIL: '' }
  const { code, stdout } = await dayshift(folder, ['init', '--example', 'project'], { env })
  expect(code).toBe(0)
  expect(stdout).toContain('Next: cd project && dayshift run')
  for (const { path, text } of exampleFiles()) expect(readFileSync(join(folder, 'project', path), 'utf8')).toBe(text)
  expect(existsSync(join(folder, 'project', '.git'))).toBe(true)
  expect(readFileSync(join(folder, 'project', '.git', 'config'), 'utf8')).toContain('dayshift example')
})

test('nothing is overwritten, and nothing is written where something is there', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'tsconfig.json'), 'mine')
  const { exitCode, error } = await printed(folder, 'init', '--example')
  expect({ exitCode, code: error?.code }).toEqual({ exitCode: 2, code: 'DS_EXISTS' })
  expect(readdirSync(folder)).toEqual(['tsconfig.json'])
})

test('a start in a folder with data names the data, and runs', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'my readings.csv'), 'a\n1\n')
  writeFileSync(join(folder, 'b.jsonl'), '{"b":1}\n')
  writeFileSync(join(folder, '.gitignore'), 'secret\n')
  const { plan, exitCode } = await printed(folder, 'init')
  expect(exitCode).toBe(0)
  expect(plan).toEqual(['dayshift.config.ts', '.gitattributes'])
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('secret\n')
  const config = readFileSync(join(folder, 'dayshift.config.ts'), 'utf8')
  expect(config).toContain('"b": { source: "b.jsonl" }')
  expect(config).toContain('"my_readings": { source: "data/my readings.csv" }')
  const run = await printed(folder, 'run')
  expect(run.exitCode).toBe(0)
  expect(run.reports.filter(({ kind }) => kind === 'version')).toHaveLength(2)
})

test('the example’s data is the same every time', () => {
  expect(exampleFiles()).toEqual(exampleFiles())
  expect(
    exampleFiles()
      .find(({ path }) => path === 'data/readings.csv')
      ?.text.split('\n'),
  ).toHaveLength(5002)
})
