import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder, treeOf, twins } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, dvc, env, gto, installDvc } from '../real-dvc.ts'
import {
  add,
  artifacts,
  assignStage,
  cacheMigrate,
  dataStatus,
  deprecate,
  deregisterVersion,
  diff,
  du,
  gc,
  list,
  registerVersion,
  unassignStage,
  type DataStatus,
  type DiffReport,
} from '../../packages/dvc/src/index.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

/** Numbers from a seed, the same on every machine. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 7919
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 16) % sides
  }
}

const NAMES = [
  'data/a',
  'data/b',
  'data/deep/a',
  'data/deep/x y',
  'data/deep/er/é',
  'one.csv',
  'in/two.csv',
  'in/set/a',
]

/** What DVC records of a name: the file by itself, or the directory that it lies in. */
function targetOf(name: string): string {
  return name.startsWith('data/') ? 'data' : name.startsWith('in/set/') ? 'in/set' : name
}

interface History {
  readonly root: string
  /** Branches, tags and commits. */
  readonly revisions: readonly string[]
}

/** A repository with branches and tags, whose data comes, goes, changes and moves. */
async function history(seed: number): Promise<History> {
  const roll = dice(seed)
  const root = await newFolder()
  await git(root, 'init', '--quiet', '-b', 'main')
  await dvc(root, 'init', '--quiet')
  // Data of another branch stays in the workspace, and is nothing for git there.
  await file(root, '.gitignore', '/data\n/one.csv\n/in/two.csv\n/in/set\n/made\n')
  const revisions = ['HEAD', 'main']
  const pipeline = (content: number): Promise<void>[] => [
    writeFile(join(root, 'dvc.yaml'), 'stages:\n  make:\n    cmd: echo\n    outs:\n    - made\n'),
    writeFile(
      join(root, 'dvc.lock'),
      `schema: '2.0'\nstages:\n  make:\n    cmd: echo\n    outs:\n    - path: made\n      hash: md5\n      md5: ${MADE[content]}\n      size: 1\n`,
    ),
    writeFile(join(root, 'made'), `${content}`),
  ]
  for (let turn = 0; turn < 7; turn++) {
    for (let change = 0; change < 3; change++) {
      const name = NAMES[roll(NAMES.length)] as string
      const target = targetOf(name)
      if (roll(6) === 0 && existsSync(join(root, `${target}.dvc`))) {
        await rm(join(root, `${target}.dvc`))
        await rm(join(root, target), { recursive: true, force: true })
        continue
      }
      if (roll(5) === 0 && target !== name && existsSync(join(root, `${target}.dvc`))) {
        await rm(join(root, name), { force: true })
      } else await file(root, name, `${roll(5)}`)
      if (existsSync(join(root, target))) await add([target], { cwd: root, env })
    }
    if (roll(2) === 0) {
      await Promise.all(pipeline(roll(3)))
      for (const content of [0, 1, 2]) await object(root, MADE[content] as string, `${content}`)
    }
    await git(root, 'add', '--all')
    await git(root, 'commit', '--quiet', '--allow-empty', '-m', `turn ${turn}`)
    if (roll(3) === 0) {
      await git(root, 'tag', ...(roll(2) === 0 ? ['-a', '-m', 'a tag'] : []), `t${turn}`)
      revisions.push(`t${turn}`)
    }
    const turning = roll(9)
    if (turning < 3) {
      await git(root, 'switch', '--quiet', '-c', `b${turn}`)
      revisions.push(`b${turn}`)
    } else if (turning < 5) {
      const branches = revisions.filter((name) => /^[bm]/.test(name))
      await git(root, 'switch', '--quiet', pick(branches, roll))
    }
  }
  revisions.push('HEAD~1', 'HEAD~2')
  return { root, revisions }
}

/** md5 of `0`, `1` and `2`. */
const MADE = [
  'cfcd208495d565ef66e7dff9f98764da',
  'c4ca4238a0b923820dcc509a6f75849b',
  'c81e728d9d4c2f636f067f89cc14862c',
]

async function object(root: string, md5: string, content: string): Promise<void> {
  const path = `.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`
  if (!existsSync(join(root, path))) await file(root, path, content)
}

/** Leaves data that is changed, gone, new, and some that the cache does not have. */
async function disturb(root: string, roll: (sides: number) => number): Promise<void> {
  for (const name of NAMES) {
    const what = roll(5)
    if (what === 0) await rm(join(root, name), { force: true })
    else if (what === 1 && existsSync(join(root, `${targetOf(name)}.dvc`))) await file(root, name, `new ${roll(3)}`)
  }
  await file(root, 'stranger/file', 'x')
  if (roll(2) === 0 && existsSync(join(root, 'one.csv.dvc'))) await rm(join(root, 'one.csv.dvc'))
}

/** DVC's lists come in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]))
}

/** What `dvc data status --json` prints of it. */
function asJson(status: DataStatus, left: readonly string[] = []): unknown {
  return Object.fromEntries(
    Object.entries(status).filter(
      ([key, item]) =>
        key !== 'git' && !left.includes(key) && (Array.isArray(item) ? item : Object.keys(item)).length > 0,
    ),
  )
}

describe.skipIf(!canInstall)(`history, against DVC ${DVC}`, () => {
  test.each([1, 2, 3])('the same differences between revisions, and with the workspace: %i', async (seed) => {
    const { root, revisions } = await history(seed)
    const roll = dice(seed + 100)
    const pairs = Array.from({ length: 4 }, () => [pick(revisions, roll), pick(revisions, roll)] as const)
    for (const [from, to] of pairs) {
      const theirs = JSON.parse(await dvc(root, 'diff', '--json', '--show-hash', from, to)) as DiffReport
      expect({ from, to, ...(await diff({ cwd: root, env, from, to })) }).toEqual({ from, to, ...theirs })
    }
    await disturb(root, roll)
    for (const from of ['HEAD', pick(revisions, roll)]) {
      const theirs = JSON.parse(await dvc(root, 'diff', '--json', '--show-hash', from)) as DiffReport
      expect({ from, ...(await diff({ cwd: root, env, from })) }).toEqual({ from, ...theirs })
    }
    for (const target of ['data', 'data/deep', 'data/a', 'in/set.dvc', 'one.csv']) {
      const theirs = await dvc(root, 'diff', '--json', '--show-hash', 'HEAD', '--targets', target).catch(() => 'null')
      const ours = await diff({ cwd: root, env, targets: [target] }).catch(() => null)
      expect({ target, ours }).toEqual({ target, ours: JSON.parse(theirs) as unknown })
    }
  })

  test.each([5, 6, 8])('the same status of data: %i', async (seed) => {
    const { root } = await history(seed)
    const roll = dice(seed + 100)
    for (const isDisturbed of [false, true]) {
      if (isDisturbed) await disturb(root, roll)
      for (const granular of [false, true]) {
        const flags = ['--unchanged', '--untracked-files=all', ...(granular ? ['--granular'] : [])]
        const theirs: unknown = JSON.parse(await dvc(root, 'data', 'status', '--json', ...flags))
        const ours = await dataStatus({ cwd: root, env, granular, untracked: true })
        expect(sorted(asJson(ours))).toEqual(sorted(theirs))
      }
    }
    const target = pick(['data', 'data/deep', 'in'], roll)
    const theirs: unknown = JSON.parse(await dvc(root, 'data', 'status', '--json', '--granular', target))
    const ours = await dataStatus({ cwd: root, env, granular: true, targets: [target] })
    expect(sorted(asJson(ours, ['untracked', 'unchanged']))).toEqual(sorted(theirs))
  })

  test.each([9, 10])('garbage is the same: %i', async (seed) => {
    const { root, revisions } = await history(seed)
    const revision = pick(revisions, dice(seed + 100))
    const scopes = [
      { words: ['-w'], scope: { workspace: true } },
      { words: ['-a'], scope: { allBranches: true } },
      { words: ['-T'], scope: { allTags: true } },
      { words: ['-A'], scope: { allCommits: true } },
      { words: ['-a', '-n', '2'], scope: { allBranches: true, count: 2 } },
      { words: ['--rev', revision, '-n', '2'], scope: { revision, count: 2 } },
      { words: ['--date', '2020-01-01'], scope: { since: '2020-01-01' } },
      { words: ['--date', '2100-01-01'], scope: { since: '2100-01-01' } },
    ]
    for (const { words, scope } of scopes) {
      const [real, ours] = [await newFolder(), await newFolder()]
      for (const copy of [real, ours]) await cp(root, copy, { recursive: true, preserveTimestamps: true })
      await dvc(real, 'gc', '--force', ...words)
      const plan = await gc({ cwd: ours, env, ...scope })
      const [left, expected] = await Promise.all([treeOf(join(ours, '.dvc/cache')), treeOf(join(real, '.dvc/cache'))])
      expect({ words, left }).toEqual({ words, left: expected })
      expect(plan.kept).toBe(Object.keys(left).filter((path) => !path.endsWith('/')).length)
    }
  })

  test('the same list and usage of workspace and revisions', async () => {
    const { root, revisions } = await history(12)
    await disturb(root, dice(12))
    await file(root, '.dvcignore', '*.tmp\n')
    await file(root, 'src/x.tmp')
    await file(root, 'src/program.sh', '#!/bin/sh\n')
    await chmod(join(root, 'src/program.sh'), 0o755)
    await symlink('program.sh', join(root, 'src/link'))
    await git(root, 'add', '--all')
    await git(root, 'commit', '--quiet', '-m', 'more')
    for (const revision of [undefined, 'HEAD', revisions.at(-1) as string]) {
      const at = revision === undefined ? [] : ['--rev', revision]
      for (const [words, options] of [
        [[], {}],
        [['-R'], { recursive: true }],
        [['-R', '-L', '2'], { recursive: true, level: 2 }],
        [['-R', '--dvc-only'], { recursive: true, dvcOnly: true }],
      ] as const) {
        const theirs: unknown = JSON.parse(await dvc(root, 'list', '--json', '.', ...words, ...at))
        expect({ at, words, ours: await list({ cwd: root, env, revision, ...options }) }).toEqual({
          at,
          words,
          ours: theirs,
        })
      }
      const sizes = (await dvc(root, 'du', '.', ...at)).trimEnd().split('\n')
      const { entries, total } = await du({ cwd: root, env, revision })
      const ours = [...entries.map(({ path, bytes }) => `${bytes} ${path}`), `${total}`]
      expect(ours.toSorted()).toEqual(sizes.map((line) => line.trim().replace(/ +/, ' ')).toSorted())
    }
  })

  test('beneath a lost manifest', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet', '-b', 'main')
    await dvc(root, 'init', '--quiet')
    await file(root, 'data/a', 'a')
    await add(['data'], { cwd: root, env })
    await git(root, 'add', '--all')
    await git(root, 'commit', '--quiet', '-m', 'one')
    const { unchanged } = await dataStatus({ cwd: root, env })
    expect(unchanged).toEqual(['data/'])
    const [{ md5 = '' } = {}] = (await list({ cwd: root, env, dvcOnly: true })) as { md5?: string }[]
    await rm(join(root, `.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`), { force: true })
    await file(root, 'data/b', 'b')
    for (const granular of [false, true]) {
      const theirs: unknown = JSON.parse(
        await dvc(root, 'data', 'status', '--json', ...(granular ? ['--granular'] : [])),
      )
      const ours = await dataStatus({ cwd: root, env, granular })
      expect(sorted(asJson(ours, ['untracked', 'unchanged']))).toEqual(sorted(theirs))
    }
    const theirs: unknown = JSON.parse(await dvc(root, 'diff', '--json', '--show-hash'))
    expect(await diff({ cwd: root, env })).toEqual(theirs)
  })

  test('records and objects of DVC 2 are migrated to the same', async () => {
    const { real, ours } = await twins(async (root) => {
      await dvc(root, 'init', '--quiet')
      await file(root, '.gitignore', '/data\n/one.csv\n')
      const files: [string, string][] = [
        ['one.csv', 'one\r\n'],
        ['data/crlf', 'a\r\nb\r\n'],
        ['data/x', 'x'],
      ]
      const entries = []
      for (const [path, content] of files) {
        const md5 = createHash('md5').update(content.replaceAll('\r\n', '\n')).digest('hex')
        await file(root, path, content)
        await file(root, `.dvc/cache/${md5.slice(0, 2)}/${md5.slice(2)}`, content)
        if (path === 'one.csv')
          await file(root, 'one.csv.dvc', `# mine\nouts:\n- md5: ${md5}\n  size: 5\n  path: one.csv\n`)
        else entries.push(`{"md5": "${md5}", "relpath": "${path.slice(5)}"}`)
      }
      const manifest = `[${entries.join(', ')}]`
      const md5 = createHash('md5').update(manifest).digest('hex')
      await file(root, `.dvc/cache/${md5.slice(0, 2)}/${md5.slice(2)}.dir`, manifest)
      await chmod(join(root, `.dvc/cache/${md5.slice(0, 2)}/${md5.slice(2)}.dir`), 0o444)
      await file(root, 'data.dvc', `outs:\n- md5: ${md5}.dir\n  size: 7\n  nfiles: 2\n  path: data\n`)
    })
    await dvc(real, 'cache', 'migrate', '--dvc-files')
    await cacheMigrate({ cwd: ours, env, dvcFiles: true })
    const [left, expected] = await Promise.all([treeOf(ours), treeOf(real)])
    expect(left).toEqual(expected)
    expect(await dvc(ours, 'status')).toContain('Data and pipelines are up to date.')
  })

  test('tags are those of GTO, and say the same to both', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet', '-b', 'main')
    await dvc(root, 'init', '--quiet')
    for (const message of ['one', 'two', 'three', 'four'])
      await git(root, 'commit', '--quiet', '--allow-empty', '-m', message)
    const same = async (): Promise<void> => {
      const theirs = JSON.parse(await gto(root, 'show', '--json')) as Record<string, { version: string; stage: object }>
      const ours = (await artifacts({ cwd: root, env })).filter(({ isActive }) => isActive)
      const expected = Object.entries(theirs).map(([name, { version, stage }]) => [
        name,
        version ?? undefined,
        Object.fromEntries(Object.entries(stage).filter(([, at]) => at !== null)),
      ])
      expect(sorted(ours.map(({ name, version, stages }) => [name, version, stages]))).toEqual(sorted(expected))
      // GTO orders by seconds: the next tag is of another one.
      await sleep(1005 - (Date.now() % 1000))
    }
    const options = { cwd: root, env }
    const steps: (() => Promise<unknown>)[] = [
      () => gto(root, 'register', 'weather', 'HEAD~3'),
      () => registerVersion('weather', { ...options, revision: 'HEAD~2' }),
      () => gto(root, 'register', 'weather', 'HEAD~1', '--bump-minor'),
      () => registerVersion('weather', { ...options, bump: 'major' }),
      () => assignStage('weather', 'prod', { ...options, version: 'v0.0.2' }),
      () => gto(root, 'assign', 'weather', '--version', 'v0.0.1', '--stage', 'prod'),
      () => assignStage('weather', 'dev', options),
      () => assignStage('data/eu:rain', 'dev', options),
      () => gto(root, 'deprecate', 'weather', 'v1.0.0'),
      () => deregisterVersion('weather', { ...options, version: 'v0.0.1' }),
      () => unassignStage('weather', 'prod', { ...options, version: 'v0.0.2' }),
      () => gto(root, 'assign', 'data/eu:rain', 'HEAD~1', '--stage', 'dev'),
      () => gto(root, 'deprecate', 'data/eu:rain', 'v0.0.1', 'dev'),
      () => deprecate('weather', options),
    ]
    for (const step of steps) {
      await step()
      await same()
    }
    expect((await git(root, 'tag')).trim().split('\n').toSorted()).toMatchInlineSnapshot(`
      [
        "data/eu=rain#dev!#3",
        "data/eu=rain#dev#1",
        "data/eu=rain#dev#2",
        "data/eu=rain@v0.0.1",
        "data/eu=rain@v0.0.2",
        "weather#dev#3",
        "weather#prod!#4",
        "weather#prod#1",
        "weather#prod#2",
        "weather@deprecated",
        "weather@v0.0.1",
        "weather@v0.0.1!",
        "weather@v0.0.2",
        "weather@v0.1.0",
        "weather@v1.0.0",
        "weather@v1.0.0!",
      ]
    `)
  })
})

function pick<Item>(items: readonly Item[], roll: (sides: number) => number): Item {
  return items[roll(items.length)] as Item
}
