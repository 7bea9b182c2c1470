import { createHash } from 'node:crypto'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder } from './repos.ts'
import { startMoto, type Moto } from '../moto.ts'
import { findNginx, startNginx, type Nginx } from '../nginx.ts'
import { canInstall } from '../peer.ts'
import { DVC, installDvc, type Ran } from '../real-dvc.ts'
import { cloneOf, commitAll, contentOf, done, filesOf, ours, repoWith, theirs } from './transfers.ts'

const program = canInstall ? await findNginx() : undefined
let nginx: Nginx | undefined
let moto: Moto | undefined
let made = 0

beforeAll(async () => {
  if (!canInstall) return
  await installDvc()
  moto = await startMoto()
  if (program !== undefined) nginx = await startNginx(program)
})
afterAll(async () => {
  await moto?.stop()
  await nginx?.stop()
})

/** Its md5 is 34946385094977080004349339193317, which YAML takes for a number. */
const DIGITS = 'digits 2883987'

/** Names within a directory; only JSON tells of them. */
const NAMES = [
  'plain.csv',
  'ends with a space ',
  'back\\slash',
  'new\nline',
  '\u00e9 composed',
  'e\u0301 decomposed',
  '\u{1f600}/\u{1f680}.bin',
  '\uffe0 before emoji',
  'deep/er/and deeper/x',
  '#%&?+=;,.txt',
  'quo\'te"d',
  '\u007f delete',
]

const CONTENTS = ['', 'one', 'two', DIGITS, 'crlf\r\n', 'x'.repeat(70_000)]

/** What is tracked as a file of its own. */
const SINGLES = ['one.csv', 'z\u00e9 \u{1f600}.bin']

/** The directory and the file that lie on a remote of their own. */
const OWN = ['own', 'own.csv']

type Step =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'edit'; readonly path: string; readonly content: string }
  | { readonly kind: 'lose'; readonly path: string }
  | { readonly kind: 'commit' }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'branch'; readonly name: string }

const words = (...list: string[]): fc.Arbitrary<Step> => fc.constant({ kind: 'words', words: list })
const place = fc.constantFrom(
  ...NAMES.map((name) => `data/${name}`),
  ...SINGLES,
  `own/${NAMES[1] as string}`,
  'own.csv',
)
const edit = fc.record({ kind: fc.constant('edit' as const), path: place, content: fc.constantFrom(...CONTENTS) })
const save = words('add', 'data', 'own', 'own.csv', ...SINGLES)
const commit = fc.constant<Step>({ kind: 'commit' })
const lose = (...paths: string[]): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant('lose' as const), path: fc.constantFrom(...paths) })

/** Things that people do one after the other; each a few steps. */
const doings: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(edit, edit, save, words('push')) },
  { weight: 2, arbitrary: fc.tuple(edit, edit, save, commit, words('push', '-a')) },
  fc.tuple(edit, words('commit', '--force')),
  fc.tuple(words('push', 'data')),
  fc.tuple(words('push', '--all-commits')),
  fc.tuple(words('push', '-T', 'one.csv')),
  fc.tuple(words('push', '-r', 'second')),
  fc.tuple(lose('.dvc/cache'), words('fetch')),
  fc.tuple(lose('.dvc/cache', 'data', 'own'), words('fetch', '-a', '-T')),
  fc.tuple(lose('.dvc/cache'), lose('data', 'one.csv', 'own'), words('pull')),
  fc.tuple(lose('.dvc/cache'), edit, words('pull', '--force')),
  fc.tuple(lose('data', ...SINGLES), words('checkout', '--force')),
  fc.tuple(save, words('push'), words('gc', '-w', '-c', '--force')),
  fc.tuple(words('gc', '-w', '--force')),
  fc.tuple(commit, fc.record({ kind: fc.constant('tag' as const), name: fc.constantFrom('v1', 'v2') })),
  fc.tuple(
    save,
    words('push'),
    commit,
    fc.record({ kind: fc.constant('branch' as const), name: fc.constantFrom('main', 'other') }),
    words('pull', '--force'),
  ),
)

/** A repository with two remotes beside it, and data that goes to each. */
async function started(): Promise<string> {
  const home = await newFolder()
  const root = join(home, 'repo')
  await file(root, 'data/plain.csv', 'one')
  await file(root, 'data/empty/none', '')
  await file(root, 'own/x', 'x')
  await file(root, 'own.csv', 'own')
  for (const name of SINGLES) await file(root, name, name)
  await git(root, 'init', '--quiet', '--initial-branch=main')
  await done(theirs, root, 'init', '--quiet')
  await writeFile(
    join(root, '.dvc/config'),
    `[core]\n    remote = store\n['remote "store"']\n    url = ../../store\n['remote "second"']\n    url = ../../second\n`,
  )
  await done(theirs, root, 'add', '--quiet', 'data', 'own', 'own.csv', ...SINGLES)
  for (const name of OWN) {
    const record = join(root, `${name}.dvc`)
    await writeFile(record, `${await readFile(record, 'utf8')}  remote: second\n`)
  }
  await commitAll(root)
  await git(root, 'branch', 'other')
  return home
}

async function change(root: string, step: Exclude<Step, { kind: 'words' }>): Promise<void> {
  if (step.kind === 'edit') await file(root, step.path, step.content)
  else if (step.kind === 'lose') await rm(join(root, step.path), { recursive: true, force: true })
  else if (step.kind === 'commit') await commitAll(root)
  else if (step.kind === 'tag') await git(root, 'tag', '--force', step.name)
  else await git(root, 'switch', '--quiet', step.name)
}

/** Without these flags we keep more than DVC does: what no other place has, and for some days the rest. */
const OURS_ONLY: Readonly<Record<string, readonly string[]>> = { gc: ['--last-copies', '--no-trash'] }

/** All that transfers change: what is tracked, cached, and on the remotes. Empty folders do not count. */
async function stateOf(home: string): Promise<Record<'repo' | 'store' | 'second', Record<string, string>>> {
  return {
    repo: await filesOf(join(home, 'repo'), ['.git', '.dvc/tmp']),
    store: await filesOf(join(home, 'store')),
    second: await filesOf(join(home, 'second')),
  }
}

/** What `status -c` says. DVC passes over what has a remote of its own; we compare it with that. */
function comparable(states: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(states).filter(([name]) => !OWN.some((own) => name === own || name.startsWith(`${own}/`))),
  )
}

async function statusOf(doer: typeof ours, home: string): Promise<Record<string, string>> {
  const { stdout } = await done(doer, join(home, 'repo'), 'status', '-c', '--json')
  return JSON.parse(stdout) as Record<string, string>
}

/** DVC sends one version of each path and says that it sent all (its issue 10617): we send all. */
async function sendTheRest(real: string, mixed: string, wanted: readonly string[]): Promise<void> {
  expect(await stateOf(mixed)).toMatchObject(await stateOf(real))
  await ours(join(real, 'repo'), ...wanted)
}

function pushesVersions([verb, ...flags]: readonly string[]): boolean {
  return verb === 'push' && ['-a', '-T', '--all-commits'].some((flag) => flags.includes(flag))
}

const TRACKED = ['data', ...SINGLES]

/** All odd names, with contents of all kinds. */
async function fill(root: string): Promise<void> {
  for (const [at, name] of NAMES.entries()) await file(root, `data/${name}`, CONTENTS[at % CONTENTS.length])
  await file(root, 'data/large.bin', Buffer.alloc(11 << 20, 'dayshift'))
  await mkdir(join(root, 'data/nothing'))
  for (const name of SINGLES) await file(root, name, DIGITS)
}

/** What a tracked path holds. Folders without files are not in a manifest. */
async function treeAt(root: string, name: string): Promise<unknown> {
  return name === 'data' ? contentOf(join(root, name)) : readFile(join(root, name), 'utf8')
}

interface Place {
  readonly url: string
  readonly settings: Readonly<Record<string, string>>
  /** Of a place that can only be read: the folder that it shows. */
  readonly folder?: string
}

/** A new place for data. */
async function placeFor(kind: 'local' | 's3' | 'http'): Promise<Place> {
  if (kind === 'local') return { url: await newFolder(), settings: {} }
  if (kind === 's3') {
    const endpoint = moto?.endpoint ?? ''
    const bucket = `bucket-${made++}`
    await fetch(`${endpoint}/${bucket}`, { method: 'PUT' })
    return { url: `s3://${bucket}/some where/store`, settings: { endpointurl: endpoint, ...ANYBODY } }
  }
  const folder = `open/${made++}`
  return { url: `${nginx?.url}/${folder}`, settings: {}, folder: join(nginx?.store ?? '', folder) }
}

const ANYBODY = { region: 'us-east-1', access_key_id: 'anybody', secret_access_key: 'anything' }

/** Where nothing has an object, DVC warns and exits with 0; we exit with 1. */
function isStricter(mine: Ran, real: Ran): boolean {
  return mine.code === 1 && real.code === 0 && /^Neither the cache nor /m.test(mine.stderr)
}

describe.skipIf(!canInstall)(`transfers, against DVC ${DVC}`, () => {
  test('random sequences of commands, every other one by each', async () => {
    const sequences = fc.array(doings, { minLength: 5, maxLength: 6 }).map((list) => list.flat())
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        const real = await started()
        const mixed = await newFolder()
        await cp(real, mixed, { recursive: true, verbatimSymlinks: true })
        const log: string[] = []
        let turn = 0
        for (const step of steps) {
          log.push(step.kind === 'words' ? step.words.join(' ') : JSON.stringify(step))
          if (step.kind !== 'words') {
            for (const home of [real, mixed]) await change(join(home, 'repo'), step)
            continue
          }
          const isOurs = turn++ % 2 === 0
          const [verb = ''] = step.words
          const more = isOurs ? (OURS_ONLY[verb] ?? []) : []
          const [model, mine] = await Promise.all([
            theirs(join(real, 'repo'), ...step.words),
            (isOurs ? ours : theirs)(join(mixed, 'repo'), ...step.words, ...more),
          ])
          const said = `${mine.stderr}\n${model.stderr}`
          const isAgreed = isStricter(mine, model) || (mine.code !== 0) === (model.code !== 0)
          expect([log, said, isAgreed]).toEqual([log, said, true])
          if (isOurs && pushesVersions(step.words)) await sendTheRest(real, mixed, step.words)
          expect([log, said, await stateOf(mixed)]).toEqual([log, said, await stateOf(real)])
          if (['add', 'commit', 'checkout'].includes(verb)) continue
          const [theirStatus, ourStatus] = await Promise.all([statusOf(theirs, real), statusOf(ours, mixed)])
          expect([log, comparable(ourStatus)]).toEqual([log, comparable(theirStatus)])
        }
      }),
      { numRuns: 2, endOnFailure: true },
    )
  })

  test.each(['local', 's3', 'http'] as const)('what one pushes the other pulls into a new clone: %s', async (kind) => {
    if (kind === 'http' && !nginx) return
    for (const [pusher, puller] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { url, folder, settings } = await placeFor(kind)
      const root = await repoWith(url, settings)
      await fill(root)
      await done(pusher, root, 'add', '--quiet', ...TRACKED)
      await commitAll(root)
      // Nobody writes to the server: somebody fills the folder that it serves.
      if (folder !== undefined) await done(theirs, root, 'remote', 'add', '--local', '--quiet', 'behind', folder)
      const sent = await done(pusher, root, 'push', ...(folder === undefined ? [] : ['-r', 'behind']))
      expect(sent.stdout).toContain('files pushed')
      const copy = await cloneOf(root, settings)
      const { stdout } = await done(puller, copy, 'status', '-c', '--json')
      expect(new Set(Object.values(JSON.parse(stdout) as object))).toEqual(new Set(['deleted']))
      await done(puller, copy, 'pull')
      for (const name of TRACKED) expect(await treeAt(copy, name)).toEqual(await treeAt(root, name))
      const both = [
        await done(ours, copy, 'status', '-c', '--json'),
        await done(theirs, copy, 'status', '-c', '--json'),
      ]
      expect(both.map((ran) => JSON.parse(ran.stdout) as unknown)).toEqual([{}, {}])
      expect(await filesOf(join(copy, '.dvc/cache'))).toEqual(await filesOf(join(root, '.dvc/cache')))
      if (folder !== undefined) continue
      const again = await done(puller, copy, 'push')
      expect(again.stdout).toContain('Everything is up to date.')
    }
  })

  test('data of DVC 2 goes both ways, and lies where DVC 2 looks for it', async () => {
    // The md5-dos2unix of 'a\r\nb\r\n', and of a directory with it.
    const digits = 'dd8c6a395b5dd36c56d23275028f526c'
    const manifest = `[{"md5": "${digits}", "relpath": "a.txt"}]`
    const dir = createHash('md5').update(manifest).digest('hex')
    for (const [pusher, puller] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const store = await newFolder()
      const root = await repoWith(store)
      const objects = [
        [`${digits.slice(0, 2)}/${digits.slice(2)}`, 'a\r\nb\r\n'],
        [`${dir.slice(0, 2)}/${dir.slice(2)}.dir`, manifest],
      ] as const
      for (const [path, content] of objects) {
        await file(root, `.dvc/cache/${path}`, content)
        await chmod(join(root, '.dvc/cache', path), 0o444)
      }
      await file(root, 'old.txt.dvc', `outs:\n- md5: ${digits}\n  size: 6\n  path: old.txt\n`)
      await file(root, 'olds.dvc', `outs:\n- md5: ${dir}.dir\n  size: 6\n  nfiles: 1\n  path: olds\n`)
      await file(root, '.gitignore', '/old.txt\n/olds\n')
      await commitAll(root)
      await done(pusher, root, 'push')
      expect(Object.keys(await filesOf(store)).toSorted()).toEqual(objects.map(([path]) => path).toSorted())
      const copy = await cloneOf(root)
      await done(puller, copy, 'pull')
      for (const path of ['old.txt', 'olds/a.txt']) expect(await readFile(join(copy, path), 'utf8')).toBe('a\r\nb\r\n')
      for (const doer of [ours, theirs])
        expect(JSON.parse((await done(doer, copy, 'status', '-c', '--json')).stdout)).toEqual({})
      expect((await done(puller, copy, 'push')).stdout).toContain('Everything is up to date.')
    }
  })
})
