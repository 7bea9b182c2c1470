import { chmodSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Finding } from '@dayshift/core/ground'
import { expect, test } from 'vitest'
import { fsck } from '../src/fsck.ts'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { push } from '../src/push.ts'
import { codeOf, env, filesIn, newFolder, put, repoWith } from './sandbox.ts'

/** Changes an object in place, as only a careless program could. */
function spoil(object: string, content: string): void {
  chmodSync(object, 0o644)
  writeFileSync(object, content)
  chmodSync(object, 0o444)
}

test('a broken object is found, and stays as it is: DVC deletes what is not protected', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two' }, ['data'])
  expect(await fsck({ cwd })).toMatchObject({ objects: 3, broken: [] })
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  spoil(object, 'eno')
  expect((await fsck({ cwd })).broken).toEqual([
    { hash: { algorithm: 'md5', digits: md5Of('one') }, path: object, repaired: false },
  ])
  expect(statSync(object).mode & 0o777).toBe(0o444)
})

test.each(['hardlink', 'symlink'])(
  'an edit made through a %s stays, and so does the mode of the file',
  async (type) => {
    const cwd = await repoWith({ '.dvc/config': `[cache]\n    type = ${type}\n`, a: 'one' }, ['a'])
    spoil(join(cwd, 'a'), 'an edit through the link')
    expect((await fsck({ cwd })).broken).toHaveLength(1)
    expect(statSync(join(cwd, 'a')).mode & 0o777).toBe(0o444)
    expect(readFileSync(join(cwd, 'a'), 'utf8')).toBe('an edit through the link')
  },
)

test('a repair takes the place of the broken object where a remote has it right', async () => {
  const cwd = await repoWith({ a: 'one', b: 'two', c: 'three' }, ['a', 'b', 'c'])
  const place = (content: string): string => objectPathIn(join(cwd, '.dvc/cache'), md5Of(content))
  const store = newFolder()
  put(cwd, '.dvc/config', `['remote "store"']\n    url = ${store}\n['remote "gone"']\n    url = ssh://nobody/there\n`)
  await push(['a', 'b'], { cwd, env, remotes: ['store'] })
  for (const content of ['one', 'two', 'three']) spoil(place(content), 'spoilt')
  spoil(objectPathIn(store, md5Of('two')), 'oops')
  const findings: Finding[] = []
  const { broken } = await fsck({ cwd, env, repair: true, onFinding: (finding) => findings.push(finding) })
  expect(broken.filter(({ repaired }) => repaired).map(({ path }) => path)).toEqual([place('one')])
  expect(broken).toHaveLength(3)
  expect(readFileSync(place('one'), 'utf8')).toBe('one')
  expect(statSync(place('one')).mode & 0o777).toBe(0o444)
  expect(readFileSync(place('two'), 'utf8')).toBe('spoilt')
  expect(findings.map(({ message }) => message).join('\n')).toMatch(
    /ssh[^]*not what its name says|not what its name says[^]*ssh/,
  )
  const trashed = filesIn(join(cwd, '.dvc/tmp/trash'))
  expect(trashed.map((path) => readFileSync(join(cwd, '.dvc/tmp/trash', path), 'utf8'))).toEqual(['spoilt'])
})

test('objects of DVC 2 are held against their own hash, and old leftovers go', async () => {
  const cwd = await repoWith({ a: 'one' }, ['a'])
  const shard = join(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one')), '..')
  for (const [name, at] of [
    ['.old.dayshift.tmp', 1],
    ['.new.dayshift.tmp', Date.now() / 1000],
  ] as const) {
    writeFileSync(join(shard, name), '')
    utimesSync(join(shard, name), at, at)
  }
  // The md5-dos2unix of 'a\r\nb\r\n', from DVC's own tests.
  const legacy = objectPathIn(join(cwd, '.dvc/cache'), 'dd8c6a395b5dd36c56d23275028f526c', 'md5-dos2unix')
  const { mkdirSync } = await import('node:fs')
  mkdirSync(join(legacy, '..'), { recursive: true })
  writeFileSync(legacy, 'a\r\nb\r\n')
  const { objects, broken, leftovers } = await fsck({ cwd })
  expect([objects, broken, leftovers]).toEqual([2, [], [join(shard, '.old.dayshift.tmp')]])
  expect(existsSync(join(shard, '.new.dayshift.tmp'))).toBe(true)
})

test('a cache that cannot be read is not a whole one', async () => {
  const cwd = await repoWith({}, [])
  expect(await fsck({ cwd })).toMatchObject({ objects: 0, broken: [] })
  rmSync(join(cwd, '.dvc/cache'), { recursive: true, force: true })
  writeFileSync(join(cwd, '.dvc/cache'), '')
  expect(await codeOf(fsck({ cwd }))).toMatch(/DS_DVC_(?:PATH_MISSING|UNREADABLE)/)
})

test('objects that records need and the cache lacks are told, and got again by a repair', async () => {
  const cwd = await repoWith({ a: 'one', 'd/b': 'two', 'd/c': 'three' }, ['a', 'd'])
  const store = newFolder()
  put(cwd, '.dvc/config', `['remote "store"']\n    url = ${store}\n`)
  await push([], { cwd, env, remotes: ['store'] })
  rmSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('two')))
  const missing = async (repair: boolean): Promise<(string | boolean)[][]> =>
    (await fsck({ cwd, env, repair })).missing.map(({ hash, repaired }) => [hash.digits, repaired])
  expect(await missing(false)).toEqual([[md5Of('two'), false]])
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  // Nobody knows what the directory holds.
  expect(await missing(false)).toHaveLength(2)
  const got = await missing(true)
  expect([got.length, got.every(([, repaired]) => repaired)]).toEqual([4, true])
  expect(await missing(false)).toEqual([])
})

test('lists of directories that nobody can use are told though they are what their names say', async () => {
  const cwd = await repoWith({ 'data/a': 'one' }, ['data'])
  const texts = [
    '[',
    '{}',
    ...[['../evil'], ['.git/hooks/x'], ['a', 'a/b']].map((all) => JSON.stringify(all.map(entry))),
  ]
  const cache = join(cwd, '.dvc/cache')
  const places = texts.map((text) => objectPathIn(cache, `${md5Of(text)}.dir`))
  for (const [at, place] of places.entries()) put(dirname(place), basename(place), texts[at] ?? '')
  const { unusable, broken } = await fsck({ cwd })
  expect(broken).toEqual([])
  expect(unusable.map(({ path }) => path).toSorted()).toEqual(places.toSorted())
  expect(unusable.map(({ reason }) => reason.replace(/.*\.dir /, '')).toSorted()).toEqual(
    [
      'is no JSON',
      'is no manifest of a directory',
      "lists '../evil', which is no path within a directory",
      "lists '.git/hooks/x', in a folder of git or DVC",
      "lists 'a' as a file and as a folder",
    ].toSorted(),
  )
})

function entry(relpath: string): object {
  return { md5: md5Of('one'), relpath }
}
