import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planVersion } from '../src/add.ts'
import { version } from '../src/version.ts'
import { codeOf, env, filesIn, git, newFolder, newGitRepo, put, strangerEnv } from './sandbox.ts'

const EMPTY = 'md5:d41d8cd98f00b204e9800998ecf8427e'

function read(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

/** The files of the last commit. */
function committed(folder: string): string[] {
  return git(folder, 'show', '--name-only', '--format=', '-z', 'HEAD').split('\0').filter(Boolean).toSorted()
}

test('a first version makes the repository and one commit', async () => {
  const cwd = newGitRepo()
  put(cwd, 'data/weather.csv', 'a,b\n1,2\n')
  const before = statSync(join(cwd, 'data/weather.csv'))
  const report = await version(['data/weather.csv'], { cwd, env, tag: 'v1', message: 'First' })
  const hash = 'md5:e5ebd4c02cefbe7955977c67ada242b7'
  expect(report.facts).toEqual({
    files: [{ path: 'data/weather.csv', hash, bytes: 8, changed: true }],
    commit: git(cwd, 'rev-parse', 'HEAD').trim(),
    tag: 'v1',
  })
  expect(report.dataset).toMatchObject({ namespace: 'file', name: join(cwd, 'data/weather.csv'), version: hash })
  expect(report.findings.map(({ code }) => code)).toEqual(['version.initialized'])
  expect(committed(cwd)).toEqual([
    '.dvc/.gitignore',
    '.dvc/config',
    '.dvcignore',
    'data/.gitignore',
    'data/weather.csv.dvc',
  ])
  expect(git(cwd, 'log', '--format=%s')).toBe('First\n')
  expect(git(cwd, 'cat-file', '-t', 'v1')).toBe('tag\n')
  expect(git(cwd, 'status', '--porcelain')).toBe('')
  const { ino, mtimeMs, mode } = statSync(join(cwd, 'data/weather.csv'))
  expect({ ino, mtimeMs, mode }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs, mode: before.mode })
})

test('unchanged data writes nothing and commits nothing', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', '')
  await version(['a'], { cwd, env, tag: 'v1' })
  const written = statSync(join(cwd, 'a.dvc')).mtimeMs
  const report = await version(['./a', join(cwd, 'a')], { cwd, env, tag: 'v1' })
  expect(report.facts).toEqual({ files: [{ path: 'a', hash: EMPTY, bytes: 0, changed: false }], tag: 'v1' })
  expect(report.findings.map(({ code }) => code)).toEqual(['version.unchanged'])
  expect(statSync(join(cwd, 'a.dvc')).mtimeMs).toBe(written)
  expect(git(cwd, 'rev-list', '--count', 'HEAD')).toBe('1\n')
})

test('what the user has staged and changed otherwise stays his', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', 'one')
  await version(['a'], { cwd, env })
  put(cwd, 'mine.txt')
  git(cwd, 'add', 'mine.txt')
  put(cwd, '.gitignore', '/a\n*.log\n')
  await version(['a'], { cwd, env })
  expect(git(cwd, 'status', '--porcelain')).toBe(' M .gitignore\nA  mine.txt\n')
  put(cwd, 'a', 'two')
  await version(['a'], { cwd, env })
  expect(git(cwd, 'status', '--porcelain')).toBe('A  mine.txt\n')
})

test('a directory, from a folder below, with what its version leaves out', async () => {
  const root = newGitRepo()
  const cwd = join(root, 'sub')
  put(root, 'data set/a/é', 'one')
  put(root, 'data set/run.sh', 'two')
  put(root, 'other/x')
  chmodSync(join(root, 'data set/run.sh'), 0o755)
  mkdirSync(join(root, 'data set/empty/deep'), { recursive: true })
  mkdirSync(cwd)
  symlinkSync('../other', join(root, 'data set/link'))
  symlinkSync('run.sh', join(root, 'data set/alias'))
  const seen: number[] = []
  const report = await version(['../data set'], { cwd, env, onProgress: (done, total) => seen.push(done / total) })
  expect(report.facts.files).toEqual([
    { path: '../data set', hash: expect.stringMatching(/^md5:[0-9a-f]{32}\.dir$/), bytes: 9, nfiles: 3, changed: true },
  ])
  expect(
    report.findings.filter(({ severity }) => severity === 'warn').map(({ code, message }) => [code, message]),
  ).toEqual([
    ['version.symlink_skipped', '../data set: links to directories are not part of the version: link'],
    ['version.symlink_followed', '../data set: links to files come back as files: alias'],
    ['version.empty_directories', '../data set: empty directories are not part of the version: empty, empty/deep'],
    ['version.executable_bits', '../data set: the right to execute is not part of the version: alias, run.sh'],
  ])
  expect(report.status).toBe('warn')
  expect(seen.at(-1)).toBe(1)
  expect(read(root, '.gitignore')).toBe('/data set\n')
})

test('a dry run says what would be and writes nothing', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', '')
  const before = filesIn(cwd)
  const report = await version(['a'], { cwd, env, dryRun: true })
  expect(report.facts).toEqual({ files: [{ path: 'a', hash: EMPTY, bytes: 0, changed: true }] })
  expect(filesIn(cwd)).toEqual(before)
  expect(JSON.parse(JSON.stringify(await planVersion(['a'], { cwd, env })))).toMatchObject({
    root: cwd,
    initialize: true,
    writes: [
      { path: '.gitignore', text: '/a\n' },
      { path: 'a.dvc', text: expect.stringContaining('path: a\n') },
    ],
  })
})

test('works without git', async () => {
  const cwd = newFolder()
  put(cwd, 'a')
  expect(await codeOf(version(['a'], { cwd, env }))).toBe('DS_GIT_NO_REPO')
  expect(filesIn(cwd)).toEqual(['a'])
  const report = await version(['a'], { cwd, env, noScm: true })
  expect(Object.keys(report.facts)).toEqual(['files'])
  expect(existsSync(join(cwd, '.gitignore'))).toBe(false)
  expect((await version(['a'], { cwd, env })).facts.files[0]?.changed).toBe(false)
})

test('without an identity the files are staged, and the next run commits them', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a')
  const report = await version(['a'], { cwd, env: strangerEnv })
  expect(report.findings.at(-1)).toMatchObject({ severity: 'warn', code: 'version.no_identity' })
  expect(git(cwd, 'status', '--porcelain')).toBe(
    'A  .dvc/.gitignore\nA  .dvc/config\nA  .dvcignore\nA  .gitignore\nA  a.dvc\n',
  )
  await version(['a'], { cwd, env })
  expect(committed(cwd)).toHaveLength(5)
})

test('a tag or a message that could not be had without an identity is an error', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a')
  const { findings, status } = await version(['a'], { cwd, env: strangerEnv, tag: 'v1' })
  expect([status, findings.at(-1)?.severity]).toEqual(['fail', 'error'])
  expect(findings.at(-1)?.message).toContain("the tag 'v1' is not set")
  put(cwd, 'a', 'two')
  expect((await version(['a'], { cwd, env: strangerEnv, message: 'two' })).status).toBe('fail')
})

test('without a commit nothing is staged but what `dvc init` stages', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a')
  await version(['a'], { cwd, env, commit: false })
  expect(git(cwd, 'status', '--porcelain')).toContain('?? a.dvc')
  put(cwd, '.dvc/config', '[core]\n    autostage = true\n')
  put(cwd, 'a', 'two')
  await version(['a'], { cwd, env, commit: false })
  expect(git(cwd, 'status', '--porcelain')).toContain('A  a.dvc')
})

const ODD_NAMES = [
  'sp ace',
  "o'brien",
  'say "hi"',
  '#hash',
  '[x]',
  '*',
  '?',
  ':colon',
  '!bang',
  '-dash',
  'back\\slash',
  'trailing  ',
  'é',
  'e\u0301',
  '😀',
  '.hidden',
  '~',
  'null',
  ' leading',
  'tab\t',
]

test('odd names are versioned, and git does not see the data', async () => {
  const cwd = newGitRepo()
  for (const name of ODD_NAMES) put(cwd, name, '')
  put(cwd, 'neighbour')
  const report = await version(ODD_NAMES, { cwd, env })
  expect(report.facts.files).toEqual(ODD_NAMES.map((path) => ({ path, hash: EMPTY, bytes: 0, changed: true })))
  expect(git(cwd, 'status', '--porcelain')).toBe('?? neighbour\n')
  const again = await version(ODD_NAMES, { cwd, env })
  expect(again.facts.files.some(({ changed }) => changed)).toBe(false)
  expect(again.facts.commit).toBeUndefined()
})

test('refuses what DVC refuses, and leaves no repository behind', async () => {
  const cwd = newGitRepo()
  put(cwd, 'tracked')
  git(cwd, 'add', 'tracked')
  put(cwd, 'real/x')
  put(cwd, 'holder/.dvcignore')
  put(cwd, 'nested/.dvc/config')
  put(cwd, 'x.tmp')
  put(cwd, 'hidden/data')
  put(cwd, '.gitignore', 'hidden/\n')
  put(cwd, '.dvcignore', '*.tmp\n')
  put(cwd, 'new\nline')
  symlinkSync('real', join(cwd, 'link'))
  mkdirSync(join(cwd, 'broken'))
  symlinkSync('nowhere', join(cwd, 'broken/link'))
  const before = filesIn(cwd)
  const codes = await Promise.all(
    [
      'missing',
      'tracked',
      'link',
      'link/x',
      'holder',
      'nested',
      'x.tmp',
      'hidden/data',
      'new\nline',
      'broken',
      '..',
      '.',
      '.gitignore',
      '.git/config',
    ].map((path) => codeOf(version([path], { cwd, env }))),
  )
  expect(codes).toEqual([
    'DS_DVC_PATH_MISSING',
    'DS_DVC_GIT_TRACKED',
    'DS_DVC_PATH_SYMLINK',
    'DS_DVC_PATH_SYMLINK',
    'DS_DVC_IGNORE_INSIDE',
    'DS_DVC_NESTED',
    'DS_DVC_PATH_IGNORED',
    'DS_DVC_FILE_IGNORED',
    'DS_DVC_PATH_NAME',
    'DS_DVC_PATH_KIND',
    'DS_DVC_PATH_OUTSIDE',
    'DS_DVC_PATH_OUTSIDE',
    'DS_DVC_PATH_NAME',
    'DS_DVC_PATH_IGNORED',
  ])
  expect(await codeOf(version([], { cwd, env }))).toBe('DS_DVC_NOTHING')
  expect(await codeOf(version(['real', 'real/x'], { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(filesIn(cwd)).toEqual(before)
})

test('data that overlaps with tracked data is refused', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a/b/c')
  put(cwd, 'made')
  put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    outs:\n    - made\n    - other:\n        cache: false\n')
  await version(['a/b'], { cwd, env })
  expect(await codeOf(version(['a'], { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(await codeOf(version(['a/b/c'], { cwd, env }))).toBe('DS_DVC_OVERLAP')
  expect(await codeOf(version(['made'], { cwd, env }))).toBe('DS_DVC_OVERLAP')
})

test('a tag that cannot be set is refused before anything is written', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', 'one')
  expect(await codeOf(version(['a'], { cwd, env, tag: 'no good' }))).toBe('DS_GIT_TAG')
  expect(await codeOf(version(['a'], { cwd, env, tag: 'v1', commit: false }))).toBe('DS_GIT_TAG')
  await version(['a'], { cwd, env, tag: 'v1' })
  put(cwd, 'a', 'two')
  const before = read(cwd, 'a.dvc')
  expect(await codeOf(version(['a'], { cwd, env, tag: 'v1' }))).toBe('DS_GIT_TAG')
  expect(read(cwd, 'a.dvc')).toBe(before)
})

test('a stop leaves the records as they were', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', 'one')
  await version(['a'], { cwd, env })
  put(cwd, 'a', Buffer.alloc(3_000_000))
  const before = filesIn(cwd)
  const stop = new AbortController()
  const work = version(['a'], { cwd, env, signal: stop.signal, onProgress: () => stop.abort() })
  expect(await codeOf(work)).toBe('DS_ABORTED')
  expect(filesIn(cwd)).toEqual(before)
  expect(git(cwd, 'status', '--porcelain')).toBe('')
})

test('an object that is gone comes back', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', 'one')
  await version(['a'], { cwd, env })
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  expect((await version(['a'], { cwd, env })).facts.files[0]?.changed).toBe(false)
  expect(filesIn(join(cwd, '.dvc/cache'))).toEqual(['files/md5/f9/7c5d29941bfb1b2fdab0874906ab82'])
})

test('two at once wait for each other', async () => {
  const cwd = newGitRepo()
  for (const name of ['a', 'b', 'c', 'd']) put(cwd, name)
  await version(['a'], { cwd, env })
  const reports = await Promise.all(['b', 'c', 'd'].map((name) => version([name], { cwd, env, commit: false })))
  expect(reports.map(({ facts }) => facts.files[0]?.changed)).toEqual([true, true, true])
  expect(read(cwd, '.gitignore').split('\n').toSorted()).toEqual(['', '/a', '/b', '/c', '/d'])
  expect(readdirSync(join(cwd, '.dvc/tmp')).toSorted()).toEqual(['btime', 'dayshift', 'lock'])
})

test('a .dvc file that this version does not write is left alone', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a', 'one')
  await version(['a'], { cwd, env })
  put(cwd, 'a.dvc', `frozen: true\n${read(cwd, 'a.dvc')}`)
  const text = read(cwd, 'a.dvc')
  expect(await codeOf(version(['a'], { cwd, env }))).toBe('DS_DVC_FILE_UNSUPPORTED')
  expect(read(cwd, 'a.dvc')).toBe(text)
  unlinkSync(join(cwd, 'a.dvc'))
  put(cwd, 'a.dvc', 'outs:\n- hash: md5\n  path: other\n')
  expect(await codeOf(version(['a'], { cwd, env }))).toBe('DS_DVC_EXISTS')
})

test('short names in a deep folder are too much for a command line once git gets them in full', async () => {
  const root = newGitRepo()
  const folder = Array.from({ length: 17 }, () => 'f'.repeat(220)).join('/')
  const names = Array.from({ length: 20 }, (_, at) => `${at}`)
  for (const name of names) put(root, `${folder}/${name}`, name)
  // Some systems take 32 thousand characters, and not one more.
  put(
    root,
    '.git/narrow/git',
    `#!/bin/sh\n[ "$(printf %s "$*" | wc -c)" -lt 32000 ] || exit 126\nPATH=$REST exec git "$@"\n`,
  )
  chmodSync(join(root, '.git/narrow/git'), 0o755)
  const PATH = env['PATH'] ?? ''
  const narrow = { ...env, PATH: `${join(root, '.git/narrow')}:${PATH}`, REST: PATH }
  const { facts } = await version(names, { cwd: join(root, folder), env: narrow })
  expect(facts.files).toHaveLength(20)
  expect(git(root, 'ls-tree', '-r', '--name-only', 'HEAD').match(/\.dvc$/gm)).toHaveLength(20)
  expect(git(root, 'status', '--porcelain')).toBe('')
})
