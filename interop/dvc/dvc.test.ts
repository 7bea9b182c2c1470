import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder, treeOf, twins } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, dvc, env, installDvc } from '../real-dvc.ts'
import { previousVersion, restore, findRepo, version } from '../../packages/dvc/src/index.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

/** Each name is used for a file by itself, a directory, and a file in a directory. */
const ODD_NAMES = [
  'plain.csv',
  'with space.csv',
  "o'brien.csv",
  "it's: odd",
  'say "hi".csv',
  '#hash',
  '!bang',
  '[x]',
  '{y}',
  '*star',
  'what?',
  'a#b',
  'a #b',
  'a: b',
  'a:',
  '-dash',
  '--help',
  '- dash space',
  '~',
  '~user',
  'null',
  'true',
  'yes',
  '123',
  '0x1f',
  '1e3',
  '2020-01-01',
  '.hidden',
  '=',
  '@at',
  '`tick',
  '%percent',
  '&and',
  '|pipe',
  '>more',
  'caf\u00E9',
  'cafe\u0301',
  '\u{1F600}',
  '\uFFE0',
  'tab\there',
  '\u007Fdel',
  '\uFEFFbom',
  'nb\u00A0sp',
  'x'.repeat(120),
  `${'word '.repeat(30)}end`,
  `#${' word'.repeat(30)}`,
  `it's: ${'word '.repeat(30)}end`,
  `\t${' word'.repeat(30)}`,
]

const ANNOTATED = `# the weather
outs:
- md5: f97c5d29941bfb1b2fdab0874906ab82
  size: 3
  hash: md5
  path: a.csv # here
  desc: |
    two
    lines
  remote: store
  push: false
  meta:
    rows: 7 # seven
    # deep
meta:
  owner: Ada
  list: [1, 2]
# the end
`

describe.skipIf(!canInstall)(`against DVC ${DVC}`, () => {
  test('writes the same tree for files, directories and odd names', async () => {
    const targets: string[] = []
    const { real, ours } = await twins(async (root) => {
      for (const [at, name] of ODD_NAMES.entries()) {
        await file(root, `files/${name}`, `${at}`)
        await file(root, `folders/${name}/inside`, `${at}`)
        await file(root, `all/${name}`, `${at}`)
        await file(root, `all/deep/${name}/${name}`, `${at}`)
      }
      await file(root, 'empty', '')
      await mkdir(join(root, 'nothing'))
      await mkdir(join(root, 'hollow/inner'), { recursive: true })
      await file(root, 'program.sh', '#!/bin/sh\n')
      await chmod(join(root, 'program.sh'), 0o744)
      await file(root, 'big.bin', Buffer.alloc(3_500_000, 'dayshift'))
      await file(root, 'binary', Buffer.from(Array.from({ length: 256 }, (_, at) => at)))
      await file(root, 'crlf.txt', 'a\r\nb\r\n')
      await file(root, 'order/a-b')
      await file(root, 'order/a.b')
      await file(root, 'order/a/z')
      await file(root, 'order/.gitignore')
      await file(root, 'order/.DS_Store')
      await file(root, 'order/.git/config')
      await file(root, 'order/nested/.dvc/config')
      await file(root, 'order/nested/data')
    })
    for (const name of ODD_NAMES) targets.push(`files/${name}`, `folders/${name}`)
    targets.push('all', 'empty', 'nothing', 'hollow', 'program.sh', 'big.bin', 'binary', 'crlf.txt', 'order')
    await dvc(real, 'init', '--quiet')
    await dvc(real, 'add', '--quiet', '--', ...targets)
    const report = await version(targets, { cwd: ours, env })
    expect(report.facts.commit).toMatch(/^[0-9a-f]{40}$/)
    const [expected, actual] = [await treeOf(real), await treeOf(ours)]
    expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted())
    expect(actual).toEqual(expected)
    expect(await dvc(ours, 'status')).toContain('Data and pipelines are up to date.')
    expect(await git(ours, 'status', '--porcelain')).toBe('')
    // For some of these names real DVC's own `data status` shows renames that nobody made; it shows the same for both.
    await git(real, 'add', '--all')
    await git(real, 'commit', '--quiet', '-m', 'real')
    expect(await dvc(ours, 'data', 'status')).toBe(await dvc(real, 'data', 'status'))
  })

  test('stages what `dvc init` stages, with and without git', async () => {
    const { real, ours } = await twins((root) => file(root, 'a'))
    await dvc(real, 'init', '--quiet')
    await version(['a'], { cwd: ours, env, commit: false })
    expect(await git(ours, 'diff', '--cached', '--raw')).toBe(await git(real, 'diff', '--cached', '--raw'))
    const bare = { real: await newFolder(), ours: await newFolder() }
    for (const root of Object.values(bare)) await file(root, 'data/a')
    await dvc(bare.real, 'init', '--quiet', '--no-scm')
    await dvc(bare.real, 'add', '--quiet', 'data')
    await version(['data'], { cwd: bare.ours, env, noScm: true })
    expect(await treeOf(bare.ours)).toEqual(await treeOf(bare.real))
  })

  test('real DVC restores what we stored', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await file(root, 'data/a b/\u00E9', 'one')
    await file(root, 'data/c', 'two')
    await file(root, 'table.csv', 'a,b\n1,2\n')
    await chmod(join(root, 'table.csv'), 0o744)
    await version(['data', 'table.csv'], { cwd: root, env })
    const before = await treeOf(root)
    await rm(join(root, 'data'), { recursive: true })
    await rm(join(root, 'table.csv'))
    await dvc(root, 'checkout')
    expect(await treeOf(root)).toEqual(before)
    expect(await dvc(root, 'data', 'status')).toContain('No changes')
  })

  test('finds nothing to do in a repository that real DVC made', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await file(root, 'data/a', 'one')
    await file(root, 'b [1].csv', 'two')
    await dvc(root, 'init', '--quiet')
    await dvc(root, 'add', '--quiet', 'data', 'b [1].csv')
    await git(root, 'add', '--all')
    await git(root, 'commit', '--quiet', '-m', 'real')
    const before = await treeOf(root)
    const report = await version(['data', 'b [1].csv'], { cwd: root, env })
    expect(report.facts.files.map(({ changed }) => changed)).toEqual([false, false])
    expect(report.facts.commit).toBeUndefined()
    expect(await treeOf(root)).toEqual(before)
    expect(await git(root, 'rev-list', '--count', 'HEAD')).toBe('1\n')
  })

  test('updates an annotated file as DVC does', async () => {
    const { real, ours } = await twins(async (root) => {
      await file(root, 'a.csv', 'one')
      await dvc(root, 'init', '--quiet')
      await dvc(root, 'add', '--quiet', 'a.csv')
      await file(root, 'a.csv.dvc', ANNOTATED)
      await appendFile(join(root, '.dvc/config'), '[\'remote "store"\']\n    url = /nowhere\n')
      await file(root, 'a.csv', 'two two')
    })
    await dvc(real, 'add', '--quiet', 'a.csv')
    const report = await version(['a.csv'], { cwd: ours, env })
    expect(report.facts.files[0]?.changed).toBe(true)
    expect(await readFile(join(ours, 'a.csv.dvc'), 'utf8')).toBe(await readFile(join(real, 'a.csv.dvc'), 'utf8'))
    await chmod(join(ours, 'a.csv'), 0o755)
    await version(['a.csv'], { cwd: ours, env })
    expect(await readFile(join(ours, 'a.csv.dvc'), 'utf8')).toContain('  isexec: true\n')
    expect(await dvc(ours, 'status')).toContain('up to date')
  })

  test.each([
    ['a file becomes a program', '  path: x\n', async (root: string) => chmod(join(root, 'x'), 0o755)],
    [
      'a file becomes a directory',
      '  path: x\n  desc: note\n',
      async (root: string) => {
        await rm(join(root, 'x'))
        await file(root, 'x/inside')
      },
    ],
  ])('adds and removes keys as DVC does: %s', async (_, tail, change) => {
    const { real, ours } = await twins(async (root) => {
      await file(root, 'x', 'one')
      await dvc(root, 'init', '--quiet')
      await dvc(root, 'add', '--quiet', 'x')
      const text = await readFile(join(root, 'x.dvc'), 'utf8')
      await writeFile(join(root, 'x.dvc'), text.replace('  path: x\n', tail))
      await change(root)
    })
    await dvc(real, 'add', '--quiet', 'x')
    await version(['x'], { cwd: ours, env })
    expect(await readFile(join(ours, 'x.dvc'), 'utf8')).toBe(await readFile(join(real, 'x.dvc'), 'utf8'))
  })

  test('leaves out what .dvcignore says, and only that', async () => {
    const patterns = '*.tmp\n/data/top\n!keep.tmp\n  spaced  \nlogs/\n**/deep.txt\ndata/**/x\n\\#hash\nA*\n# comment\n'
    const { real, ours } = await twins(async (root) => {
      await dvc(root, 'init', '--quiet')
      await file(root, '.dvcignore', patterns)
      for (const name of ['a.tmp', 'keep.tmp', 'top', 'spaced', 'logs', '#hash', 'Ab', 'ab', 'x', 'deep.txt', 'fine']) {
        await file(root, `in/data/${name}`)
        await file(root, `data/${name}`)
        await file(root, `data/sub/${name}`)
        await file(root, `data/logs2/logs/${name}`)
      }
      await file(root, 'in/.dvcignore', 'fine\n!a.tmp\n/data/ab\n')
    })
    await dvc(real, 'add', '--quiet', 'data', 'in/data')
    await version(['data', 'in/data'], { cwd: ours, env })
    expect(await treeOf(ours)).toEqual(await treeOf(real))
  })

  test('skips links to directories as DVC does, and a cache elsewhere is used', async () => {
    const { real, ours } = await twins(async (root) => {
      await file(root, 'other/inside')
      await file(root, 'data/a')
      await symlink('../other', join(root, 'data/link'))
      await dvc(root, 'init', '--quiet')
      await dvc(root, 'config', 'cache.dir', '../elsewhere #1')
    })
    await dvc(real, 'config', 'cache.dir', 'elsewhere')
    await dvc(ours, 'config', 'cache.dir', 'elsewhere')
    await dvc(real, 'add', '--quiet', 'data')
    const report = await version(['data'], { cwd: ours, env })
    expect(report.findings.map(({ code }) => code)).toContain('version.symlink_skipped')
    expect(await readdir(join(ours, 'elsewhere/files/md5'))).toEqual(await readdir(join(real, 'elsewhere/files/md5')))
    expect(await readFile(join(ours, 'data.dvc'), 'utf8')).toBe(await readFile(join(real, 'data.dvc'), 'utf8'))
  })

  test('real DVC does not start while we hold its lock', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await file(root, 'a')
    await version(['a'], { cwd: root, env })
    const { withRepoLock } = await import('../../packages/dvc/src/lock/repo-lock.ts')
    const outcome = await withRepoLock({ dvcDir: join(root, '.dvc') }, {}, () => dvc(root, 'status').catch(String))
    expect(outcome).toContain('Unable to acquire lock')
    expect(await dvc(root, 'status')).toContain('up to date')
  })

  test('locks that are hard links keep us and real DVC apart too', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await file(root, 'a')
    await dvc(root, 'init', '--quiet')
    await dvc(root, 'config', 'core.hardlink_lock', 'true')
    await version(['a'], { cwd: root, env })
    const { withRepoLock } = await import('../../packages/dvc/src/lock/repo-lock.ts')
    const repo = { dvcDir: join(root, '.dvc'), config: { hardlinkLock: true } }
    const outcome = await withRepoLock(repo, {}, () => dvc(root, 'status').catch(String))
    expect(outcome).toContain('Unable to acquire lock')
    expect(await dvc(root, 'status')).toContain('up to date')

    const program = 'from dvc.repo import Repo\nwith Repo().lock:\n  print("locked", flush=True)\n  input()'
    const holder = spawn('python', ['-c', program], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(holder, 'close')
    await once(holder.stdout, 'data')
    expect(await withRepoLock(repo, { timeout: 0 }, async () => 'taken').catch(String)).toContain('another process')
    holder.stdin.end('\n')
    await ended
    expect(await withRepoLock(repo, {}, async () => 'taken')).toBe('taken')
    expect(await readdir(join(root, '.dvc/tmp'))).not.toContain('lock')
  })

  test('restores an older version that real DVC made', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await dvc(root, 'init', '--quiet')
    for (const content of ['one', 'two']) {
      await file(root, 'data/a', content)
      await dvc(root, 'add', '--quiet', 'data')
      await git(root, 'add', '--all')
      await git(root, 'commit', '--quiet', '-m', content)
    }
    const previous = await previousVersion('data', { cwd: root, env })
    const repo = await findRepo(root, env)
    if (!repo || !previous) throw new Error('nothing found')
    await restore(repo, previous.hash, join(root, 'old'))
    expect(await readFile(join(root, 'old/a'), 'utf8')).toBe('one')
  })
})
