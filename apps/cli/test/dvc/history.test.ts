import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { add } from '@dayshift/dvc'
import { dayshift } from '../cli.ts'
import { dvc, git, json, put, read, repository } from './repository.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000 })

let cwd = ''
const commit = (message: string): void => {
  git(cwd, 'add', '--all')
  git(cwd, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '-m', message)
  git(cwd, 'tag', message)
}

beforeAll(async () => {
  cwd = await repository({ 'a.csv': 'id\n1\n', 'd/x': '1\n', 'd/y': '2\n' }, ['a.csv', 'd'])
  commit('v1')
  put(cwd, 'a.csv', 'id\n1\n2\n')
  put(cwd, 'd/z', '3\n')
  rmSync(join(cwd, 'd/x'))
  await add(['a.csv', 'd'], { cwd })
  commit('v2')
})

test('diff prints the text, Markdown and JSON of DVC 3.67.1', async () => {
  expect((await dvc(cwd, 'diff', 'v1', 'v2')).stdout).toBe(
    'Added:\n    d/z\n\nDeleted:\n    d/x\n\nModified:\n    a.csv\n    d/\n\nfiles summary: 1 added, 1 deleted, 1 modified\n',
  )
  expect((await dvc(cwd, 'diff', 'v1', 'v2', '--md', '--show-hash', '--targets', 'd', 'a.csv')).stdout).toBe(
    [
      '| Status   | Hash               | Path   |',
      '|----------|--------------------|--------|',
      '| added    | 6d7fce9f           | d/z    |',
      '| deleted  | b026324c           | d/x    |',
      '| modified | bc9280df..cb583ba3 | a.csv  |',
      '| modified | d51834de..24460f8b | d/     |',
      '\n',
    ].join('\n'),
  )
  expect(await json(cwd, 'diff', 'v1', 'v2')).toEqual({
    added: [{ path: 'd/z' }],
    deleted: [{ path: 'd/x' }],
    modified: [{ path: 'a.csv' }, { path: 'd/' }],
    renamed: [],
  })
  expect(await json(cwd, 'diff', 'v1', 'v2', '--show-hash')).toMatchObject({
    added: [{ path: 'd/z', hash: '6d7fce9fee471194aa8b5b6e47267f03' }],
  })
  expect(await dvc(cwd, 'diff', 'v2', 'v2')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await json(cwd, 'diff')).toEqual({})
  expect(await dvc(cwd, 'diff', 'nothing')).toMatchObject({ code: 3, stdout: '' })
})

test('data status prints the text and JSON of DVC 3.67.1', async () => {
  expect((await dvc(cwd, 'data', 'status')).stdout).toBe('No changes.\n')
  put(cwd, 'd/q', '9\n')
  try {
    expect((await dvc(cwd, 'data', 'status', '--granular')).stdout).toBe(
      [
        'DVC uncommitted changes:',
        '  (use "dvc commit <file>..." to track changes)',
        '  (use "dvc checkout <file>..." to discard changes)',
        '        added: d/q',
        '        modified: d/',
        '',
      ].join('\n'),
    )
    expect(await json(cwd, 'data', 'status', '--unchanged', '--untracked-files')).toEqual({
      uncommitted: { modified: ['d/'] },
      unchanged: ['a.csv'],
    })
  } finally {
    rmSync(join(cwd, 'd/q'))
  }
})

test('versions tells commits, tags, sizes, files and rows', async () => {
  const { stdout } = await dvc(cwd, 'versions', 'a.csv')
  const [head = '', ...lines] = stdout.trimEnd().split('\n')
  expect(head.split(/ {2,}/)).toEqual(['commit', 'date', 'tags', 'size', 'rows', 'md5', 'message'])
  expect(lines.map((line) => line.split(/ {2,}/).slice(2))).toEqual([
    ['v2', '7 B', '2', 'cb583ba3', 'v2'],
    ['v1', '5 B', '1', 'bc9280df', 'v1'],
  ])
  expect(await json(cwd, 'versions', 'd')).toMatchObject({
    result: { versions: [{ tags: ['v2'], bytes: 4, files: 2, isCached: true }, { tags: ['v1'] }] },
  })
  expect(await dvc(cwd, 'versions', 'nothing')).toMatchObject({ code: 3 })
})

test('versions counts the rows of content that came back, whatever its name', async () => {
  const name = `${'long'.repeat(60)}.csv`
  const home = await repository({}, [])
  for (const content of ['x\n1\n', 'x\n1\n2\n', 'x\n1\n']) {
    put(home, name, content)
    await dvc(home, 'add', name)
    git(home, 'add', '--all')
    git(home, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '-m', 'next')
  }
  const { result } = (await json(home, 'versions', name)) as { result: { versions: { rows: number }[] } }
  expect(result.versions.map(({ rows }) => rows)).toEqual([1, 2, 1])
})

test('list and du print what DVC 3.67.1 prints', async () => {
  expect((await dvc(cwd, 'list', '.', '-R', '--dvc-only')).stdout).toBe('a.csv\nd/y\nd/z\n')
  expect((await dvc(cwd, 'list', '.', 'd', '--tree', '--show-hash')).stdout).toBe(
    [
      '24460f8b9cd4dec2806fa5a8783b0845.dir  d',
      '26ab0db90d72e28ad0ba1e22ee510510      ├── y',
      '6d7fce9fee471194aa8b5b6e47267f03      └── z',
      '',
    ].join('\n'),
  )
  expect((await dvc(cwd, 'list', '--tree', '--dvc-only', '--show-hash')).stdout).toContain(
    '24460f8b9cd4dec2806fa5a8783b0845.dir  └── d\n26ab0db90d72e28ad0ba1e22ee510510          ├── y\n',
  )
  expect((await dvc(cwd, 'list', '.', 'a.csv', '--tree', '--size')).stdout).toBe('7  a.csv\n')
  expect((await dvc(cwd, 'list', '.', '--tree', '--show-hash')).stdout).toMatch(/^- +└── d\.dvc$/m)
  expect(await json(cwd, 'ls', '.', 'a.csv', '--rev', 'v1')).toMatchObject([
    { isout: true, isdir: false, isexec: false, md5: 'bc9280dfc1d4e67233f138f5bbbf0951', path: 'a.csv' },
  ])
  expect((await dvc(cwd, 'du', '.', 'd')).stdout).toBe('2  d/y\n2  d/z\n4  d\n')
})

test('tag registers versions and stages, as GTO reads them', async () => {
  const planned = await dvc(cwd, 'tag', 'register', 'weather', 'v1', '--dry-run')
  expect(planned.stdout).toBe("Would create git tag 'weather@v0.0.1' that registers version\n")
  const created = await dayshift(cwd, ['dvc', 'tag', 'register', 'weather', 'v1', '--bump', 'minor'])
  expect(created.stdout).toBe(
    "Created git tag 'weather@v0.0.1' that registers version\n\nTo push the changes upstream, run:\n    git push origin weather@v0.0.1\n",
  )
  const assigned = await dvc(cwd, 'tag', 'assign', 'weather', '--stage', 'prod', '--version', 'v0.0.1')
  expect(assigned.stdout).toMatch(/ git push origin 'weather#prod[^\n]*'\n$/)
  expect((await dvc(cwd, 'tag')).stdout).toBe('name     version  stages\nweather  v0.0.1   prod v0.0.1\n')
  expect(await json(cwd, 'tag', 'show', 'weather')).toMatchObject({
    result: { artifacts: [{ name: 'weather', version: 'v0.0.1', stages: { prod: 'v0.0.1' } }] },
  })
  expect((await dvc(cwd, 'tag', 'assign', 'weather')).stderr).toContain('assign needs a stage')
  expect((await dvc(cwd, 'tag', 'frob')).code).toBe(2)
  expect((await dvc(cwd, 'tag', 'deprecate', 'weather', '--version', 'v9.9.9')).stderr).toContain('not deprecate')
  expect((await dvc(cwd, 'tag', 'show', 'wind')).stdout).toContain('No tag speaks of wind')
})

test('gc removes nothing that was not agreed to', async () => {
  const asked = await dvc(cwd, 'gc', '--workspace')
  expect(asked).toMatchObject({ code: 2, stdout: '' })
  expect(asked.stderr).toContain('3 objects (')
  expect(asked.stderr).toContain('Nothing was removed. Give --force')
  const planned = await dvc(cwd, 'gc', '-w', '--dry')
  expect(planned.stdout).toMatch(/^(?:Removing \/.*\n){3}Would remove 3 objects from repo cache\.\n/)
  expect((await dvc(cwd, 'gc', '--all-commits', '--force')).stdout).toBe(
    "No unused 'repo' cache to remove.\nNo unused 'legacy' cache to remove.\n",
  )
  expect(await dvc(cwd, 'gc')).toMatchObject({ code: 2, stdout: '' })
  expect(await dvc(cwd, 'gc', '-w', '-p', '/nonexistent', '-f')).toMatchObject({ code: 2, stdout: '' })
  expect((await dvc(cwd, 'gc', '-w', '-f')).stdout).toContain('Removed 3 objects from repo cache.\n')
  expect(await json(cwd, 'fsck')).toMatchObject({ exitCode: 0, result: { objects: 4 } })
})

test('a version is opened by tags that hold the sign too, and within a directory', async () => {
  const home = await repository({ 't.csv': 'x\n1\n', 'd/p.csv': 'y\n1\n' }, ['t.csv', 'd'])
  const keep = (message: string): void => {
    git(home, 'add', '--all')
    git(home, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '-m', message)
  }
  keep('one')
  git(home, 'tag', 't@v0.0.1')
  put(home, 't.csv', 'x2\n1\n')
  put(home, 'd/p.csv', 'y2\n1\n')
  await dvc(home, 'add', 't.csv', 'd')
  keep('two')
  expect((await dayshift(home, ['infer', 't.csv@t@v0.0.1'])).stdout).toContain(' x: ')
  expect((await dayshift(home, ['infer', 'd/p.csv@HEAD~1'])).stdout).toContain(' y: ')
})

test('a version whose name tells no format is called as the user called it', async () => {
  const folder = await repository({ f: 'a,b\n1,2\n', 'c.json': '{"type":"object"}' }, ['f'])
  const version = `f@md5:${/md5: (\w+)/.exec(read(folder, 'f.dvc'))?.[1]}`
  const { code, stderr } = await dayshift(folder, ['validate', version, '--contract', 'c.json'])
  expect(code).not.toBe(0)
  expect(stderr).toContain(`/${version} does not tell`)
  expect(stderr).not.toContain('dayshift-version')
})
