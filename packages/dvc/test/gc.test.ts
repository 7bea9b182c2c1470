import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { gc, type GcOptions } from '../src/gc.ts'
import { md5Of } from '../src/cache/hash.ts'
import { withRepoLock } from '../src/lock/repo-lock.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { push } from '../src/push.ts'
import type { Remote } from '../src/remotes/remote.ts'
import { initRepo } from '../src/repo.ts'
import { built, codeOf, env, filesIn, git, newFolder, newGitRepo, put, repoWith } from './sandbox.ts'

/** The digests of the objects in the cache; the cache's folder is made with its first object. */
function objectsOf(cwd: string): string[] {
  const cache = join(cwd, '.dvc/cache/files/md5')
  return existsSync(cache) ? filesIn(cache).map((path) => path.replace('/', '')) : []
}

async function record(cwd: string, files: Readonly<Record<string, string>>, targets: string[]): Promise<void> {
  for (const [path, content] of Object.entries(files)) put(cwd, path, content)
  await add(targets, { cwd, env })
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '--allow-empty', '-m', 'next')
}

test('only what nothing refers to goes, and a dry run tells the same', async () => {
  const cwd = await repoWith({}, [])
  await record(cwd, { 'data/a': 'a1', 'data/b': 'b' }, ['data'])
  git(cwd, 'tag', 'v1')
  await record(cwd, { 'data/a': 'a2' }, ['data'])
  await record(cwd, { 'data/a': 'a3' }, ['data'])
  expect(objectsOf(cwd)).toHaveLength(7)
  const dry = await gc({ cwd, env, allTags: true, dryRun: true })
  expect(objectsOf(cwd)).toHaveLength(7)
  expect(dry).toMatchObject({ kept: 5, isShared: false, skipped: [], strays: [] })
  expect(dry.unused.map(({ hash }) => hash.digits.endsWith('.dir'))).toEqual([true, false])
  expect(dry.unused[1]).toMatchObject({ bytes: 2, path: objectPathIn(join(cwd, '.dvc/cache'), md5Of('a2')) })
  expect(await gc({ cwd, env, allTags: true, trash: false })).toEqual(dry)
  expect(objectsOf(cwd)).toHaveLength(5)
  expect((await gc({ cwd, env, workspace: true })).kept).toBe(3)
  expect(objectsOf(cwd)).not.toContain(md5Of('a1'))
})

test('a scope has to be named, and has to make sense', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  const wrong: Partial<GcOptions>[] = [{}, { workspace: true, count: 2 }, { since: '2026-02-30' }, { since: 'today' }]
  for (const scope of [...wrong, { allBranches: true, count: 0 }]) {
    expect(await codeOf(gc({ cwd, env, ...scope }))).toBe('DS_DVC_SCOPE')
  }
  expect(await codeOf(gc({ cwd, env, revision: 'v9' }))).toBe('DS_GIT_REVISION')
  expect(objectsOf(cwd)).toHaveLength(1)
})

test('a manifest that is missing or broken stops it before anything goes', async () => {
  const cwd = await repoWith({}, [])
  await record(cwd, { 'data/a': 'a1' }, ['data'])
  const digits = /md5: (\S+)/.exec(readFileSync(join(cwd, 'data.dvc'), 'utf8'))?.[1] ?? ''
  await record(cwd, { 'data/a': 'a2', 'other/x': 'x' }, ['data', 'other'])
  git(cwd, 'tag', 'v2')
  rmSync(objectPathIn(join(cwd, '.dvc/cache'), digits))
  const before = objectsOf(cwd)
  expect(await codeOf(gc({ cwd, env, allCommits: true }))).toBe('DS_DVC_OBJECT_MISSING')
  put(cwd, `.dvc/cache/files/md5/${digits.slice(0, 2)}/${digits.slice(2)}`, '[]')
  expect(await codeOf(gc({ cwd, env, allCommits: true }))).toBe('DS_DVC_OBJECT_CORRUPT')
  expect(objectsOf(cwd)).toEqual([...before, digits].toSorted())
  const { skipped, kept } = await gc({ cwd, env, allCommits: true, skipFailed: true })
  expect(skipped).toEqual([
    { revision: git(cwd, 'rev-parse', 'HEAD~1').trim(), reason: expect.stringContaining('content') },
  ])
  expect(kept).toBe(4)
})

test('nothing goes while another process is at work', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  rmSync(join(cwd, 'a.dvc'))
  await withRepoLock({ dvcDir: join(cwd, '.dvc') }, {}, async () => {
    expect(await codeOf(gc({ cwd, env, workspace: true, lockTimeout: 0.2 }))).toBe('DS_LOCKED')
  })
  expect(objectsOf(cwd)).toHaveLength(1)
  expect((await gc({ cwd, env, workspace: true })).unused).toHaveLength(1)
  expect(objectsOf(cwd)).toEqual([])
})

test('outputs of pipelines stay, those of DVC 2 too, and unfinished files go', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  const cache = join(cwd, '.dvc/cache')
  put(cwd, 'dvc.yaml', 'stages:\n  make:\n    cmd: x\n    outs:\n    - made\n    - old\n')
  const made = `path: made\n      hash: md5\n      md5: ${md5Of('made')}`
  put(
    cwd,
    'dvc.lock',
    `schema: '2.0'\nstages:\n  make:\n    cmd: x\n    outs:\n    - ${made}\n    - path: old\n      md5: ${md5Of('old')}\n`,
  )
  const old = ['old', 'older'].map((text) => objectPathIn(cache, md5Of(text), 'md5-dos2unix').slice(cwd.length + 1))
  for (const path of old) put(cwd, path)
  for (const text of ['made', 'junk']) put(cwd, objectPathIn(cache, md5Of(text)).slice(cwd.length + 1), text)
  put(cwd, '.dvc/cache/files/md5/aa/.LnpmzRLeBHa8A2oZzZxAAn.tmp', 'half')
  put(cwd, '.dvc/cache/runs/aa/b/c', 'run')
  const { unused, strays, bytes } = await gc({ cwd, env, workspace: true })
  expect(unused.map(({ hash }) => hash)).toEqual([
    { algorithm: 'md5', digits: md5Of('junk') },
    { algorithm: 'md5-dos2unix', digits: md5Of('older') },
  ])
  expect(strays).toEqual([join(cache, 'files/md5/aa/.LnpmzRLeBHa8A2oZzZxAAn.tmp')])
  expect(bytes).toBe(4 + (old[1] ?? '').length + 4)
  expect(objectsOf(cwd)).toEqual([md5Of('a'), md5Of('made')].toSorted())
  expect([existsSync(join(cwd, old[0] ?? '')), existsSync(join(cwd, '.dvc/cache/runs/aa/b/c'))]).toEqual([true, true])
})

test('of a cache that others share their data stays where they are named, and fresh unfinished files stay', async () => {
  const cacheDir = join(newFolder(), 'cache')
  const repos = [newGitRepo(), newGitRepo()]
  for (const cwd of repos) {
    await initRepo(cwd, false, env)
    writeFileSync(join(cwd, '.dvc/config'), `[cache]\n    dir = ${cacheDir}\n`)
    put(cwd, 'a', basename(cwd))
    await add(['a'], { cwd, env })
  }
  const [cwd = '', other = ''] = repos
  const stray = join(cacheDir, 'files/md5', '.fresh.tmp')
  writeFileSync(stray, '')
  const kept = await gc({ cwd, env, workspace: true, projects: [other, cwd] })
  expect(kept).toMatchObject({ isShared: true, unused: [], strays: [], kept: 2 })
  utimesSync(stray, 1, 1)
  const rest = await gc({ cwd, env, workspace: true })
  expect(rest.unused.map(({ hash }) => hash.digits)).toEqual([md5Of(basename(other))])
  expect(readdirSync(dirname(stray))).toEqual(
    [md5Of(basename(cwd)).slice(0, 2), md5Of(basename(other)).slice(0, 2)].toSorted(),
  )
})

test('what a version-aware remote lists stays, with the manifest that names it', async () => {
  const cwd = await repoWith({ 'd/x': 'one', 'd/y': 'two', junk: 'junk' }, ['d', 'junk'])
  rmSync(join(cwd, 'junk.dvc'))
  const files = ['one', 'two'].map((text, at) => `  - relpath: ${'xy'[at]}\n    md5: ${md5Of(text)}\n    size: 3\n`)
  put(cwd, 'd.dvc', `outs:\n- hash: md5\n  path: d\n  files:\n${files.join('')}`)
  expect((await gc({ cwd, env, workspace: true })).unused.map(({ hash }) => hash.digits)).toEqual([md5Of('junk')])
  expect(objectsOf(cwd)).toHaveLength(3)
})

test('data of absolute paths, of places outside and of git repositories within stays', async () => {
  const cwd = await repoWith({ a: 'a', b: 'b', c: 'c' }, ['a', 'b', 'c'])
  put(cwd, 'a.dvc', `outs:\n- md5: ${md5Of('a')}\n  hash: md5\n  path: ${cwd}/a\n`)
  put(cwd, 'b.dvc', `outs:\n- md5: ${md5Of('b')}\n  hash: md5\n  path: ../b\n`)
  put(cwd, 'sub/c.dvc', readFileSync(join(cwd, 'c.dvc')))
  rmSync(join(cwd, 'c.dvc'))
  git(join(cwd, 'sub'), 'init', '--quiet')
  expect(await gc({ cwd, env, workspace: true })).toMatchObject({ unused: [], kept: 3 })
})

test('a record whose name is not UTF-8 stops it', async () => {
  const cwd = await repoWith({ 'ok/a': 'a' }, ['ok/a'])
  git(cwd, 'add', '--all')
  renameSync(join(cwd, 'ok'), Buffer.concat([Buffer.from(`${cwd}/caf`), Buffer.from([0xe9])]))
  expect(await codeOf(gc({ cwd, env, workspace: true }))).toBe('DS_DVC_PATH_NAME')
  expect(objectsOf(cwd)).toEqual([md5Of('a')])
})

test('all commits are those of all stashes too, not of the last alone', async () => {
  const cwd = await repoWith({}, [])
  await record(cwd, { a: 'a0' }, ['a'])
  for (const content of ['a1', 'a2', 'a3']) {
    put(cwd, 'a', content)
    await add(['a'], { cwd, env })
    git(cwd, 'stash')
  }
  expect((await gc({ cwd, env, allCommits: true })).unused).toEqual([])
  expect(objectsOf(cwd)).toEqual(['a0', 'a1', 'a2', 'a3'].map((text) => md5Of(text)).toSorted())
})

/** What a commit, or the workspace, refers to: read by hand, from texts and manifests. */
function usedAt(cwd: string, revision: string | undefined): string[] {
  const names =
    revision === undefined
      ? filesIn(cwd).filter((path) => !path.includes('/'))
      : git(cwd, 'ls-tree', '--name-only', revision).split('\n')
  return names
    .filter((name) => name.endsWith('.dvc'))
    .flatMap((name) => {
      const text =
        revision === undefined ? readFileSync(join(cwd, name), 'utf8') : git(cwd, 'show', `${revision}:${name}`)
      const digits = /md5: (\S+)/.exec(text)?.[1] ?? ''
      const manifest = join(cwd, '.dvc/cache/files/md5', digits.slice(0, 2), digits.slice(2))
      const files = digits.endsWith('.dir') ? (JSON.parse(readFileSync(manifest, 'utf8')) as { md5: string }[]) : []
      return [digits, ...files.map(({ md5 }) => md5)]
    })
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ put: fc.constantFrom('data/a', 'data/b', 'data/c/d', 'one', 'two'), content: fc.nat(4) }),
  },
  { weight: 1, arbitrary: fc.record({ forget: fc.constantFrom('data', 'one', 'two') }) },
  { weight: 2, arbitrary: fc.constantFrom('commit' as const, 'branch' as const, 'tag' as const, 'back' as const) },
)

const scopes: readonly [GcOptions['revision'] | object, (cwd: string) => string[]][] = [
  [{ workspace: true }, () => []],
  [{ allBranches: true }, (cwd) => git(cwd, 'for-each-ref', '--format=%(objectname)', 'refs/heads').split('\n')],
  [{ allTags: true }, (cwd) => git(cwd, 'for-each-ref', '--format=%(objectname)', 'refs/tags').split('\n')],
  [{ allCommits: true }, (cwd) => git(cwd, 'rev-list', '--all').split('\n')],
  [{ revision: 'main', count: 3 }, (cwd) => git(cwd, 'rev-list', '--first-parent', '-n3', 'main').split('\n')],
]

test('a used object is never removed, an unused one always, whatever the history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.constantFrom(...scopes),
      async (steps, [scope, model]) => {
        const cwd = await repoWith({}, [])
        put(cwd, '.gitignore', '/data\n/one\n/two\n')
        const commit = (): void => {
          git(cwd, 'add', '--all')
          git(cwd, 'commit', '--quiet', '--allow-empty', '-m', 'step')
        }
        commit()
        for (const [at, one] of steps.entries()) {
          if (one === 'commit') commit()
          else if (one === 'tag') git(cwd, 'tag', `t${at}`)
          else if (one === 'branch') git(cwd, 'switch', '--quiet', '-c', `b${at}`)
          else if (one === 'back') {
            commit()
            git(cwd, 'switch', '--quiet', 'main')
          } else if ('forget' in one) rmSync(join(cwd, `${one.forget}.dvc`), { force: true })
          else {
            put(cwd, one.put, `${one.content}`)
            await add([one.put.split('/')[0] ?? ''], { cwd, env })
          }
        }
        const revisions = model(cwd).filter((line) => line !== '')
        const used = new Set([...usedAt(cwd, undefined), ...revisions.flatMap((revision) => usedAt(cwd, revision))])
        const before = objectsOf(cwd)
        const plan = await gc({ cwd, env, ...(scope as object) })
        expect(objectsOf(cwd)).toEqual(before.filter((digits) => used.has(digits)))
        expect(plan.kept + plan.unused.length).toBe(before.length)
      },
    ),
    { numRuns: 8 },
  )
}, 60_000)

test.skipIf(process.platform === 'win32')('a full disk does not keep it from making room', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  put(cwd, 'a', 'two')
  await add(['a'], { cwd, env })
  const program = `
    const { gc } = await import(${JSON.stringify(built('gc'))})
    console.log((await gc({ cwd: process.cwd(), workspace: true })).unused.length)`
  const script = `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program], { cwd, env, encoding: 'utf8' })
  expect(stdout + stderr).toBe('1\n')
  expect(objectsOf(cwd)).toEqual([md5Of('two')])
})

test('all commits are those too that only git’s reflog leads to; what is gone of them is in nobody’s way', async () => {
  const cwd = await repoWith({ a: 'one', 'd/x': 'x' }, ['a', 'd'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  put(cwd, 'a', 'two')
  put(cwd, 'd/x', 'y')
  await add(['a', 'd'], { cwd, env })
  git(cwd, 'commit', '--quiet', '-a', '--amend', '-m', 'two')
  const given = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  const [manifest = ''] = (await gc({ cwd, env, allBranches: true, dryRun: true })).unused.map(({ path }) => path)
  expect(manifest).toMatch(/\.dir$/)
  expect((await gc({ cwd, env, allCommits: true })).unused).toEqual([])
  rmSync(manifest)
  expect((await gc({ cwd, env, allCommits: true })).unused.map(({ hash }) => hash.digits)).toEqual([md5Of('x')])
  expect(existsSync(given)).toBe(true)
  git(cwd, 'reflog', 'expire', '--expire=now', '--all')
  await gc({ cwd, env, allCommits: true })
  expect(existsSync(given)).toBe(false)
})

test.each(['', '  \n', '# gone\n', '{}\n', 'outs: []\n', 'outs:\n', 'meta: mine\n'])(
  'a record of the workspace that names nothing (%j) stops it in any scope, and is written anew',
  async (text) => {
    const cwd = await repoWith({}, [])
    await record(cwd, { a: 'one', b: 'two' }, ['a', 'b'])
    const before = readFileSync(join(cwd, 'a.dvc'), 'utf8')
    writeFileSync(join(cwd, 'a.dvc'), text)
    for (const scope of [
      { workspace: true },
      { allCommits: true, skipFailed: true },
      { projects: [cwd], allTags: true },
    ]) {
      await expect(gc({ cwd, env, trash: false, ...scope })).rejects.toMatchObject({
        code: 'DS_DVC_FILE_MALFORMED',
        where: 'a.dvc',
        hint: expect.stringContaining("dayshift dvc add 'a'"),
      })
    }
    expect(objectsOf(cwd)).toHaveLength(2)
    await add(['a'], { cwd, env })
    expect(readFileSync(join(cwd, 'a.dvc'), 'utf8')).toBe(before)
    expect(await gc({ cwd, env, workspace: true })).toMatchObject({ kept: 2, unused: [] })
  },
)

test('an empty record of a commit is told, and is in nobody’s way', async () => {
  const cwd = await repoWith({}, [])
  await record(cwd, { a: 'one' }, ['a'])
  const text = readFileSync(join(cwd, 'a.dvc'), 'utf8')
  for (const now of ['', text]) {
    writeFileSync(join(cwd, 'a.dvc'), now)
    git(cwd, 'commit', '--quiet', '--all', '-m', 'next')
  }
  const { findings, kept } = await gc({ cwd, env, allCommits: true })
  expect(kept).toBe(1)
  expect(findings.map(({ message }) => message.slice(40))).toEqual([
    ':a.dvc is empty: for that commit nothing is kept of what it stood for',
  ])
  // A record that says where data is from, and no more, is none that was emptied.
  put(cwd, 'b.dvc', 'deps:\n- path: a\n')
  expect((await gc({ cwd, env, workspace: true })).kept).toBe(1)
})

test('a remote that is a folder gets rid of what killed pushes have left a day ago', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  const store = newFolder()
  put(cwd, '.dvc/config', `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`)
  await push([], { cwd, env })
  for (const [path, age] of [
    ['files/md5/00/.old-0.dayshift.tmp', 2],
    ['files/md5/00/.new-0.dayshift.tmp', 0.5],
    ['.name.of-dvc.tmp', 2],
    ['files/md5/00/notes.tmp', 2],
  ] as const) {
    put(store, path, 'half')
    utimesSync(join(store, path), daysAgo(age), daysAgo(age))
  }
  const strays = ['.name.of-dvc.tmp', 'files/md5/00/.old-0.dayshift.tmp']
  const dry = await gc({ cwd, env, workspace: true, cloud: true, dryRun: true })
  expect(dry.remotes[0]?.strays.toSorted()).toEqual(strays)
  expect(dry.remotes[0]).toMatchObject({ unused: [], kept: 1, bytes: 8 })
  expect(filesIn(store)).toHaveLength(5)
  await gc({ cwd, env, workspace: true, cloud: true })
  expect(filesIn(store)).toEqual([
    'files/md5/00/.new-0.dayshift.tmp',
    'files/md5/00/notes.tmp',
    `files/md5/${md5Of('one').slice(0, 2)}/${md5Of('one').slice(2)}`,
  ])
})

test('a remote that cannot be cleaned is refused before anything is asked of it', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  rmSync(join(cwd, 'a.dvc'))
  put(cwd, '.dvc/config', '[core]\n    remote = web\n[\'remote "web"\']\n    url = http://127.0.0.1:9/x\n')
  const asked: string[] = []
  const has = async (key: string): Promise<undefined> => void asked.push(key)
  const open = async (): Promise<Remote> => ({ url: 'http://127.0.0.1:9/x', jobs: 1, has, get: has })
  const work = gc({ cwd, env, workspace: true, cloud: true, open })
  await expect(work).rejects.toMatchObject({
    code: 'DS_REMOTE_UNSUPPORTED',
    hint: expect.not.stringContaining('http(s)://'),
  })
  expect(asked).toEqual([])
})

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000)
}
