import { execFileSync, spawn } from 'node:child_process'
import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { dayshift, newFolder } from '../cli.ts'
import { dvc, git, json, put, read, repository } from './repository.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000 })

const HINT = (words: string): string =>
  `\nTo track the changes with git, run:\n\n\tgit add ${words}\n\nTo enable auto staging, run:\n\n\tdayshift dvc config core.autostage true\n`

test('init makes a repository, and says what comes next', async () => {
  const cwd = newFolder()
  expect(await dvc(cwd, 'init')).toMatchObject({ code: 2, stdout: '' })
  git(cwd, 'init', '--quiet')
  const { stdout } = await dvc(cwd, 'init', '--dry-run')
  expect(stdout).toBe('write .dvc/.gitignore\nwrite .dvc/config\nwrite .dvcignore\n')
  expect(existsSync(join(cwd, '.dvc'))).toBe(false)
  const made = await dvc(cwd, 'init')
  expect(made).toMatchObject({ code: 0, stderr: '' })
  // DVC 3.67.1 begins with the same three lines.
  expect(made.stdout).toContain('Initialized DVC repository.\n\nYou can now commit the changes to git.\n')
  expect(await dvc(cwd, 'init')).toMatchObject({ code: 2 })
  expect(await dvc(cwd, 'init', '-f')).toMatchObject({ code: 0 })
})

test('add says what to stage, in the words of DVC 3.67.1', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n', 'b c.csv': '3\n', 'd/x': '1\n', "it's": '4\n' }, [])
  const planned = await dvc(cwd, 'add', 'a.csv', 'd', '--dry-run')
  expect(planned.stdout).toBe(
    'store a.csv md5:764efa883dda1e11db47671c4a3bbd9e\nstore d md5:2bb1ab0d4a051c86389bd68a9371f6ba.dir\nwrite .gitignore\nwrite a.csv.dvc\nwrite d.dvc\n',
  )
  const added = await dvc(cwd, 'add', 'a.csv', 'd', 'b c.csv', "it's")
  expect(added).toEqual({
    code: 0,
    stdout: HINT(`.gitignore a.csv.dvc 'b c.csv.dvc' d.dvc 'it'"'"'s.dvc'`),
    stderr: '',
  })
  const nested = await dvc(join(cwd, 'd'), 'add', '../a.csv')
  expect(nested.stdout).toBe(HINT('../a.csv.dvc'))
  expect(await dvc(cwd, 'add', '-q', 'a.csv')).toEqual({ code: 0, stdout: '', stderr: '' })
  await dvc(cwd, 'config', 'core.autostage', 'true')
  expect(await dvc(cwd, 'add', 'a.csv')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(git(cwd, 'status', '--short', 'a.csv.dvc')).toBe('A  a.csv.dvc\n')
})

test('add names an address without its secrets', async () => {
  const cwd = await repository({}, [])
  for (const words of [['--json'], ['--debug'], ['--glob']]) {
    const { code, stdout, stderr } = await dvc(cwd, 'add', 'https://me:hidden@host/a.csv', ...words)
    expect(code).toBe(3)
    expect(stdout + stderr).toMatch(/https:\/+host\/a\.csv/)
    expect(stdout + stderr).not.toContain('hidden')
  }
})

test('add tells what a version does not keep, and takes globs', async () => {
  const cwd = await repository({ 'a.csv': '1', 'b.csv': '2', 'd/x': '1\n' }, [])
  symlinkSync('x', join(cwd, 'd/link'))
  expect((await dvc(cwd, 'add', 'd')).stderr).toContain('warn  d: links to files come back as files: link')
  expect(await json(cwd, 'add', '--glob', '*.csv', '--no-commit')).toMatchObject({
    command: 'dvc add',
    exitCode: 0,
    result: {
      files: [
        { path: 'a.csv', hash: 'md5:c4ca4238a0b923820dcc509a6f75849b', bytes: 1, changed: true },
        { path: 'b.csv', hash: 'md5:c81e728d9d4c2f636f067f89cc14862c', bytes: 1, changed: true },
      ],
      written: ['.gitignore', 'a.csv.dvc', 'b.csv.dvc'],
      unstaged: ['.gitignore', 'a.csv.dvc', 'b.csv.dvc'],
    },
  })
  expect(existsSync(join(cwd, '.dvc/cache/files/md5/c4'))).toBe(false)
  expect(await dvc(cwd, 'add', '--glob', '*.none')).toMatchObject({ code: 3 })
})

test('status prints the text and the JSON of DVC 3.67.1, and -q tells by its exit code', async () => {
  const none = await dvc(await repository({}, []), 'status')
  expect(none.stdout).toContain('There are no data or pipelines tracked in this project yet.\n')
  const cwd = await repository({ 'a.csv': 'hi\n', 'b c.csv': '3\n', 'd/x': '1\n' }, ['a.csv', 'b c.csv', 'd'])
  expect(await dvc(cwd, 'status')).toEqual({ code: 0, stdout: 'Data and pipelines are up to date.\n', stderr: '' })
  expect(await dvc(cwd, 'status', '--json')).toMatchObject({ code: 0, stdout: '{}\n' })
  expect(await dvc(cwd, 'status', '-q')).toEqual({ code: 0, stdout: '', stderr: '' })
  put(cwd, 'a.csv', 'hello\n')
  put(cwd, 'd/z', '9\n')
  rmSync(join(cwd, 'b c.csv'))
  expect((await dvc(cwd, 'status')).stdout).toBe(
    [
      'a.csv.dvc:\n\tchanged outs:\n\t\tmodified:           a.csv\n',
      'b c.csv.dvc:\n\tchanged outs:\n\t\tdeleted:            b c.csv\n',
      'd.dvc:\n\tchanged outs:\n\t\tmodified:           d\n',
    ].join(''),
  )
  expect(await json(cwd, 'status')).toEqual({
    'b c.csv.dvc': [{ 'changed outs': { 'b c.csv': 'deleted' } }],
    'd.dvc': [{ 'changed outs': { d: 'modified' } }],
    'a.csv.dvc': [{ 'changed outs': { 'a.csv': 'modified' } }],
  })
  expect(await dvc(cwd, 'status', '-q')).toEqual({ code: 1, stdout: '', stderr: '' })
  expect(await json(join(cwd, 'd'), 'status', '../a.csv')).toEqual({
    '../a.csv.dvc': [{ 'changed outs': { '../a.csv': 'modified' } }],
  })
})

test('commit refuses data that has changed, unless it is forced', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n' }, ['a.csv'])
  put(cwd, 'a.csv', 'hello\n')
  const refused = await dvc(cwd, 'commit')
  expect(refused).toMatchObject({ code: 3, stdout: '' })
  expect(refused.stderr).toContain('a.csv differs from what a.csv.dvc says')
  const planned = await dvc(cwd, 'commit', '-f', '--dry-run')
  expect(planned.stdout).toBe('store a.csv md5:b1946ac92492d2347c6235b4d2611184\nwrite a.csv.dvc\n')
  expect(await dvc(cwd, 'commit', '-f')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(read(cwd, 'a.csv.dvc')).toContain('md5: b1946ac92492d2347c6235b4d2611184')
})

test('checkout prints what DVC 3.67.1 prints, and takes nothing away that has no replacement', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n', 'd/x': '1\n', 'd/y': '2\n' }, ['a.csv', 'd'])
  put(cwd, 'd/z', 'unsaved\n')
  expect(await dvc(cwd, 'checkout')).toMatchObject({ code: 3, stdout: '' })
  rmSync(join(cwd, 'a.csv'))
  expect((await dvc(cwd, 'checkout', '-f', '--dry-run')).stdout).toBe('M       d/\nA       a.csv\n')
  expect(await dvc(cwd, 'checkout', '-f')).toEqual({ code: 0, stdout: 'M       d/\nA       a.csv\n', stderr: '' })
  expect((await dvc(cwd, 'checkout', '--summary')).stdout).toBe('No changes.\n')
  const quiet = await dvc(cwd, 'checkout', '--summary', '-q', '--output', 'told.txt')
  expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(read(cwd, 'told.txt')).toBe('No changes.\n')
  put(cwd, 'd/x', '2\n')
  rmSync(join(cwd, 'a.csv'))
  rmSync(join(cwd, 'd/y'))
  expect((await dvc(cwd, 'checkout', '--summary')).stdout).toBe('1 file modified and 2 files added\n')
})

test('checkout brings what there is where the cache lacks an object', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n', 'd/x': '1\n', 'd/y': '2\n' }, ['a.csv', 'd'])
  // The object of d/y and a.csv is lost: `2` and `hi`.
  rmSync(join(cwd, '.dvc/cache/files/md5/26'), { recursive: true })
  rmSync(join(cwd, '.dvc/cache/files/md5/76'), { recursive: true })
  rmSync(join(cwd, 'a.csv'))
  rmSync(join(cwd, 'd'), { recursive: true })
  const failed = await dvc(cwd, 'checkout')
  expect(failed).toMatchObject({ code: 1, stdout: 'A       d/\n' })
  expect(failed.stderr).toContain('Checkout failed for following targets:\na.csv\nd/ (lacks d/y)\n')
  expect(read(cwd, 'd/x')).toBe('1\n')
  const quiet = await dvc(cwd, 'checkout', '-q', '--output', 'told.txt')
  expect(quiet).toMatchObject({ code: 1, stdout: '' })
  expect(quiet.stderr).toContain('Checkout failed for following targets:\na.csv\n')
  expect(await dvc(cwd, 'checkout', '--allow-missing')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await json(cwd, 'checkout')).toMatchObject({
    status: 'fail',
    exitCode: 1,
    result: {
      stats: { added: 0, modified: 0, deleted: 0 },
      failed: [
        { path: 'a.csv', missing: ['a.csv'] },
        { path: 'd/', missing: ['d/y'] },
      ],
    },
  })
})

test('checkout tells what it could not look at, and what it kept', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n', 'd/x': '1\n', b: '2\n' }, ['a.csv', 'd', 'b'])
  symlinkSync('nowhere', join(cwd, 'd/link'))
  for (const path of ['a.csv', 'b']) rmSync(join(cwd, path))
  const failed = await dvc(cwd, 'checkout', '--allow-missing')
  expect(failed).toMatchObject({ code: 1, stdout: 'A       a.csv\nA       b\n' })
  expect(failed.stderr).toContain('targets:\nd/ (')
  expect(failed.stderr).toContain(
    'd/link is a link that leads nowhere)\n  Remove it, or name it in .dvcignore.\nWhat is there of them stays as it is.\n',
  )
  rmSync(join(cwd, 'd/link'))
  rmSync(join(cwd, 'b.dvc'))
  rmSync(join(cwd, '.dvc/cache/files/md5/26'), { recursive: true })
  const kept = await dvc(cwd, 'checkout')
  expect(kept).toMatchObject({ code: 0, stdout: '' })
  expect(kept.stderr).toContain('b stays: nothing tracks it here, and the cache does not hold it any more')
  expect(read(cwd, 'b')).toBe('2\n')
})

test('move, remove and unprotect are silent, and a dry run tells', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n', b: '1' }, ['a.csv', 'b'])
  expect((await dvc(cwd, 'move', 'a.csv', 'c.csv', '--dry-run')).stdout).toBe(
    'move a.csv to c.csv\nremove a.csv.dvc\nwrite c.csv.dvc\n',
  )
  expect((await dvc(cwd, 'mv', 'a.csv', 'c.csv')).stdout).toBe(HINT('.gitignore c.csv.dvc'))
  const wrong = await dvc(cwd, 'remove', 'c.csv')
  expect(wrong).toMatchObject({ code: 3 })
  expect(wrong.stderr).toContain('It is tracked by c.csv.dvc: give that file.')
  expect((await dvc(cwd, 'remove', 'c.csv.dvc', '--outs', '--dry')).stdout).toBe('remove c.csv.dvc\nremove c.csv\n')
  expect(await dvc(cwd, 'rm', 'c.csv.dvc')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect([existsSync(join(cwd, 'c.csv')), existsSync(join(cwd, 'c.csv.dvc'))]).toEqual([true, false])
  await dvc(cwd, 'config', 'cache.type', 'symlink')
  await dvc(cwd, 'checkout', '--relink')
  expect((await dvc(cwd, 'unprotect', 'b', '--dry-run')).stdout).toBe('unprotect b\n')
  expect(await dvc(cwd, 'unprotect', 'b')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await json(cwd, 'unprotect', 'b')).toMatchObject({ result: { files: [] } })
})

test('fsck finds an object that was changed in place', async () => {
  const cwd = await repository({ 'a.csv': 'hi\n' }, ['a.csv'])
  expect(await dvc(cwd, 'fsck')).toMatchObject({ code: 0, stdout: '✔ 1 object (3 B), each what its name says\n' })
  const object = '.dvc/cache/files/md5/76/4efa883dda1e11db47671c4a3bbd9e'
  rmSync(join(cwd, object))
  put(cwd, object, 'ho\n')
  const found = await dvc(cwd, 'fsck')
  expect(found.code).toBe(1)
  expect(found.stdout).toContain('✖ 1 of 1 object is not what the name says\n  md5:764efa883dda1e11db47671c4a3bbd9e  ')
  expect(await json(cwd, 'fsck')).toMatchObject({
    exitCode: 1,
    result: {
      objects: 1,
      bytes: 3,
      broken: [{ hash: { digits: '764efa883dda1e11db47671c4a3bbd9e' }, repaired: false }],
    },
  })
  rmSync(join(cwd, object))
  const lacking = await dvc(cwd, 'fsck')
  expect(lacking.code).toBe(1)
  expect(lacking.stdout).toContain('✖ 1 object that records need is not in the cache: dayshift dvc fetch\n')
})

test('what cannot be looked at is told on stderr, the rest as ever, and the exit code is 3', async () => {
  const cwd = await repository({ 'd/x': '1', 'a.csv': '2' }, ['d', 'a.csv'])
  git(cwd, 'add', '--all')
  git(cwd, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'one')
  put(cwd, 'a.csv', '3')
  execFileSync('mkfifo', [join(cwd, 'd/fifo')])
  const stderr = `error DS_DVC_PATH_KIND: d cannot be looked at: ${cwd}/d/fifo is neither a file nor a directory\n  Remove it`
  const told = { code: 3, stderr: expect.stringContaining(stderr) as string }
  expect(await dvc(cwd, 'status')).toMatchObject({
    ...told,
    stdout: 'a.csv.dvc:\n\tchanged outs:\n\t\tmodified:           a.csv\n',
  })
  expect(await dvc(cwd, 'status', '-q')).toMatchObject({ ...told, stdout: '' })
  expect(await dvc(cwd, 'status', 'd')).toMatchObject({ ...told, stdout: '' })
  const modified = '{"a.csv.dvc":[{"changed outs":{"a.csv":"modified"}}]}\n'
  // As DVC 3.67.1, --json prints with -q too.
  for (const words of [['--json'], ['--json', '-q']]) {
    expect(await dvc(cwd, 'status', ...words)).toMatchObject({ ...told, stdout: modified })
  }
  expect(await dvc(cwd, 'data', 'status', '--json')).toMatchObject({
    ...told,
    stdout: '{"uncommitted":{"modified":["a.csv"],"unknown":["d/"]}}\n',
  })
  expect(await dvc(cwd, 'diff')).toMatchObject({
    ...told,
    stdout: 'Modified:\n    a.csv\n\nfiles summary: 1 modified\n',
  })
  expect(await dvc(cwd, 'commit', '--force')).toMatchObject({ code: 3, stdout: '' })
  expect(await dvc(cwd, 'status', 'a.csv')).toMatchObject({ code: 0 })
})

test('a wait for another process is told, but under -q', async () => {
  const cwd = await repository({ a: '1' }, ['a'])
  for (const [flags, stderr] of [
    [[], /^waiting, up to 59 s more: process \d+ is at work here\n$/],
    [['--wait-for-lock'], /^waiting, as long as it takes: process \d+ is at work here\n$/],
    [['-q'], /^$/],
  ] as const) {
    const holder = spawn('flock', ['--no-fork', join(cwd, '.dvc/tmp/lock'), 'sleep', '2.5'], { stdio: 'ignore' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await dvc(cwd, 'status', ...flags)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(stderr) as string,
    })
    holder.kill()
  }
})

test('version of several paths names them all', async () => {
  const cwd = await repository({ a: '1', b: '2', c: '3', d: '4' }, ['a'])
  const title = async (...paths: string[]): Promise<string | undefined> =>
    (await dayshift(cwd, ['version', '--no-commit', ...paths])).stdout.split('\n')[0]
  expect(await title('a', 'b')).toBe('✔ version a, b: 2 paths, 1 changed')
  expect(await title('a', 'b', 'c', 'd')).toBe('✔ version a, b, c and 1 more: 4 paths, 2 changed')
  expect(await title('a')).toMatch(/^✔ version a: md5:/)
})

test('version records what is there now, and refuses a version that was recorded before', async () => {
  const cwd = await repository({ a: '1' }, ['a'])
  put(cwd, 'a', '2')
  const before = read(cwd, 'a.dvc')
  const refused = await dayshift(cwd, ['version', '--no-commit', 'a@HEAD'])
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('a@HEAD does not exist; a version is recorded of what is there now')
  expect(read(cwd, 'a.dvc')).toBe(before)
  put(cwd, 'a@HEAD', '3')
  expect(await dayshift(cwd, ['version', '--no-commit', 'a@HEAD'])).toMatchObject({ code: 0 })
})

test('-v tells more on stderr, and leaves stdout as it is', async () => {
  const cwd = await repository({ 'd/x': '1', a: '2' }, [])
  const time = new RegExp(`\\nin ${cwd}, \\d+ ms\\n$`)
  const added = await dvc(cwd, 'add', 'd', 'a', '-v')
  expect(added.stderr).toMatch(
    /^store d md5:\w+\.dir\nstore a md5:\w+\nwrite \.gitignore\nwrite d\.dvc\nwrite a\.dvc\n/,
  )
  expect(added.stderr).toMatch(time)
  expect(added.stdout).toBe(HINT('.gitignore a.dvc d.dvc'))
  rmSync(join(cwd, 'd'), { recursive: true })
  const brought = await dvc(cwd, 'checkout', '-v')
  expect(brought.stdout).toBe('A       d/\n')
  expect(brought.stderr).toMatch(/^added d\/x\n/)
  expect((await dvc(cwd, 'commit', '-v')).stderr).toMatch(/^store a md5:\w+\nstore d md5:\w+\.dir\n/)
  expect((await dvc(cwd, 'status', '-v')).stderr).toMatch(new RegExp(`^in ${cwd}, \\d+ ms\\n$`))
})

test('names with line breaks stay in the line of the error, and what is not there gives 3', async () => {
  const cwd = await repository({ foo: 'f' }, ['foo'])
  expect(await dvc(cwd, 'checkout', 'no\nthing')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^error DS_DVC_TARGET: no\\nthing is nothing that DVC tracks here\n/) as string,
  })
  expect(await dvc(cwd, 'fetch', '--rev', 'v1\u001b[31m')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^error DS_GIT_REVISION: git knows no revision 'v1\\x1b\[31m'\n/) as string,
  })
})
