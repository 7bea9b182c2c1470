import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exampleFiles } from '../src/example/example-files.ts'
import { dayshift, newFolder, printed } from './cli.ts'

test('the example is written whole, into a git repository with a committer', async () => {
  const folder = newFolder()
  const env = { GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '', GIT_COMMITTER_NAME: '', GIT_COMMITTER_EMAIL: '' }
  const { code, stdout } = await dayshift(folder, ['init', '--example', 'project'], { env })
  expect(code).toBe(0)
  expect(stdout).toContain('Next: cd project && dayshift run')
  for (const { path, text } of exampleFiles('github'))
    expect(readFileSync(join(folder, 'project', path), 'utf8')).toBe(text)
  expect(existsSync(join(folder, 'project', '.git'))).toBe(true)
  expect(readFileSync(join(folder, 'project', '.git', 'config'), 'utf8')).toContain('dayshift example')
})

test('nothing is overwritten; a second time nothing is left to write', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'tsconfig.json'), 'mine')
  const { exitCode, plan } = await printed(folder, 'init', '--example')
  expect(exitCode).toBe(0)
  expect(plan).not.toContain('tsconfig.json')
  expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe('mine')
  expect(await printed(folder, 'init', '--example')).toMatchObject({ exitCode: 0, plan: [] })
  expect(await printed(folder, 'init')).toMatchObject({ exitCode: 0, plan: [] })
  writeFileSync(join(folder, 'dayshift.config.ts'), 'export default {}')
  const refused = await printed(folder, 'init', '--example')
  expect(refused).toMatchObject({ exitCode: 2, error: { code: 'DS_EXISTS' } })
})

test('a start in a folder with data names the data with contracts that hold, and runs; it asks nothing without a terminal', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'data', 'days'), { recursive: true })
  writeFileSync(join(folder, 'data', 'my readings.csv'), 'a\n1\n')
  for (const day of ['01', '02', '03']) writeFileSync(join(folder, 'data', 'days', `2026-11-${day}.csv`), 'c\n1\n')
  writeFileSync(join(folder, 'b.jsonl'), '{"b":1}\n')
  writeFileSync(join(folder, '.gitignore'), 'secret')
  const { plan, exitCode } = await printed(folder, 'init', '--ci', 'gitlab')
  expect(exitCode).toBe(0)
  expect(plan).toEqual([
    'dayshift.config.ts',
    'contracts/b.ts',
    'contracts/days.ts',
    'contracts/my_readings.ts',
    'etl/b.ts',
    '.gitattributes',
    '.gitignore',
    '.gitlab-ci.yml',
  ])
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toMatch(/^secret\nnode_modules\/\n/)
  const run = await printed(folder, 'run')
  expect(run.exitCode).toBe(0)
  expect(run.datasets?.map(({ name }) => name)).toEqual(['b', 'days', 'my_readings'])
  expect(run.reports.filter(({ kind, status }) => kind === 'validate' && status === 'pass')).toHaveLength(3)
  expect(run.reports.filter(({ kind }) => kind === 'version')).toHaveLength(3)

  writeFileSync(join(folder, 'data', 'new.csv'), 'a\n1\n')
  const { stdout } = await dayshift(folder, ['init', '--ci', 'gitlab'])
  expect(stdout).toContain("source: 'data/new.csv'")
  expect(readFileSync(join(folder, 'dayshift.config.ts'), 'utf8')).not.toContain('new.csv')
})

test('a second start adds nothing, whatever quotes names have and whichever service was asked for', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, `my 'odd' "name" $x.csv`), 'a\n1\n')
  expect((await dayshift(folder, ['init', '--no-infer', '--ci', 'gitlab'])).code).toBe(0)
  const again = await dayshift(folder, ['init', '--no-infer'])
  expect([again.code, again.stdout]).toEqual([0, expect.not.stringContaining('does not name')])
  expect(existsSync(join(folder, '.gitlab-ci.yml'))).toBe(true)
  expect(existsSync(join(folder, '.github'))).toBe(false)
})

test('data that cannot be read is named without a contract, and why is told', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'broken.csv'), 'a,b\n1,"x\n2')
  const { code, stderr, stdout } = await dayshift(folder, ['init', '--yes'])
  expect(code).toBe(0)
  expect(stderr).toContain('broken.csv has no contract yet: ')
  expect(stdout).not.toContain('contracts/')
  expect(existsSync(join(folder, 'dayshift.config.ts'))).toBe(true)
})

test('the example’s data is the same every time', () => {
  expect(exampleFiles('github')).toEqual(exampleFiles('github'))
  expect(
    exampleFiles('github')
      .find(({ path }) => path === 'data/readings.csv')
      ?.text.split('\n'),
  ).toHaveLength(5002)
})
