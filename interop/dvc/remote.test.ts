import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { newFolder } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, env, installDvc, runDvc } from '../real-dvc.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

const OURS = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')

interface Ran {
  readonly failed: boolean
  readonly stdout: string
}

/** Somebody to do a command line. */
type Doer = (words: readonly string[], cwd: string, env: Readonly<Record<string, string>>) => Promise<Ran>

const theirs: Doer = async (words, cwd, own) => {
  const { code, stdout } = await runDvc(cwd, words, own)
  return { failed: code !== 0, stdout }
}
const ours: Doer = (words, cwd, own) =>
  new Promise((resolve) => {
    execFile(process.execPath, [OURS, 'dvc', ...words], { cwd, env: own }, (error, stdout) =>
      resolve({ failed: error !== null, stdout }),
    )
  })

/** What somebody runs with whose home is a folder. */
function envOf(home: string): Readonly<Record<string, string>> {
  return { ...env, HOME: home, DVC_GLOBAL_CONFIG_DIR: join(home, 'global'), COLUMNS: '1000' }
}

/** A repository of its own, with a user of its own. */
interface Twin {
  readonly root: string
  ask(words: readonly string[]): Promise<Ran>
}

async function twin(doer: Doer): Promise<Twin> {
  const root = await newFolder()
  const cwd = join(root, 'repo', 'data')
  await mkdir(cwd, { recursive: true })
  await theirs(['init', '--quiet', '--no-scm'], join(root, 'repo'), envOf(root))
  return { root, ask: (words) => doer(['remote', ...words], cwd, envOf(root)) }
}

/** Whether DVC takes the settings that a twin has. */
async function isRead({ root }: Twin): Promise<boolean> {
  return !(await theirs(['status'], join(root, 'repo'), envOf(root))).failed
}

/** The config files; DVC makes an empty one where there need be none. */
async function filesOf({ root }: Twin): Promise<Readonly<Record<string, string>>> {
  const texts = ['repo/.dvc/config', 'repo/.dvc/config.local', 'global/config'].map(async (path) => {
    const text = await readFile(join(root, path), 'utf8').catch(() => '')
    return [path, text === '\n' ? '' : text] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}

const name = fc.constantFrom('store', 'Store', 'store', 'a b', 'my.long-name', 'home')
const level = fc.constantFrom<readonly string[]>([], [], [], ['--project'], ['--local'], ['--local'], ['--global'])
const url = fc.constantFrom(
  '../store',
  'sub/./deep/..',
  '/srv/store, two',
  '~/store #1',
  's3://bucket/folder',
  'https://example.com/data',
  'remote://base/folder',
  'ssh://example.com/data',
  'ftp://example.com/data',
)
const option = fc.constantFrom<readonly [string, string]>(
  ['jobs', '4'],
  ['jobs', '0'],
  ['verify', 'True'],
  ['region', 'eu'],
  ['url', '../elsewhere'],
  ['url', 's3://other'],
  ['nothing', 'x'],
  ['credentialpath', '../credentials'],
)

/**
 * The user's own remote has a name of its own. Where a project has one of that name too, and it goes, ours takes what
 * config.local says of it along; DVC would send that password to the user's own.
 */
function named(at: readonly string[], own: string): string {
  if (at.includes('--global')) return 'home'
  return own === 'home' ? 'store' : own
}

/** Command lines after which DVC does not read its own settings any more. */
const BREAKING: readonly (readonly (readonly string[])[])[] = [
  ['rename', 'web', 'site'],
  ['remove', 'web'],
].map((last) => [
  ['add', '-d', 'web', 'https://example.com/data'],
  ['modify', '--local', 'web', 'password', 'secret'],
  last,
])

/** What a session begins with, so that most of the rest makes sense. */
const beginning = fc.tuple(level, level).map(([one, other]) => [
  ['add', '-d', ...one, named(one, 'store'), 's3://bucket'],
  ['add', ...other, named(other, 'a b'), '../store'],
  ['modify', '--local', named(one, 'store'), 'jobs', '2'],
])

const rest = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(level, fc.subarray(['-d', '-f']), name, url)
        .map(([at, flags, own, to]) => ['add', ...at, ...flags, named(at, own), to]),
    },
    {
      weight: 4,
      arbitrary: fc.tuple(level, name, option).map(([at, own, set]) => ['modify', ...at, own, ...set]),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(level, name, option).map(([at, own, [key]]) => ['modify', ...at, '--unset', own, key]),
    },
    { weight: 2, arbitrary: fc.tuple(level, name).map(([at, own]) => ['default', ...at, own]) },
    { weight: 1, arbitrary: level.map((at) => ['default', ...at, '-u']) },
    { weight: 1, arbitrary: level.map((at) => ['default', ...at]) },
    { weight: 2, arbitrary: fc.tuple(level, name).map(([at, own]) => ['remove', ...at, own]) },
    {
      weight: 2,
      arbitrary: fc.tuple(level, name).map(([at, own]) => ['rename', ...at, own, `${named(at, own).toLowerCase()}-2`]),
    },
  ),
  { minLength: 10, maxLength: 10 },
)

const steps = fc.tuple(beginning, rest).map(([first, others]) => [...first, ...others])

describe.skipIf(!canInstall)(`dvc remote, against that of DVC ${DVC}`, () => {
  test('random command lines leave the same files, and print the same', async () => {
    const broken: { readonly said: readonly string[]; readonly theirs: boolean; readonly ours: boolean }[] = []
    for (const session of [...BREAKING, ...fc.sample(steps, 1)]) {
      const [real, mine] = [await twin(theirs), await twin(ours)]
      const said: string[] = []
      let before = await filesOf(mine)
      for (const words of session) {
        const our = await mine.ask(words)
        const own = await filesOf(mine)
        const isSame = JSON.stringify(own) === JSON.stringify(before)
        // To take out what is not set, DVC writes an empty section, which may be the end of the repository.
        if (words[0] === 'modify' && words.includes('--unset') && isSame && !our.failed) continue
        said.push(words.join(' '))
        const their = await real.ask(words)
        const files = await filesOf(real)
        if (their.failed && JSON.stringify(files) !== JSON.stringify(before)) {
          broken.push({ said, theirs: await isRead(real), ours: await isRead(mine) })
          break
        }
        const [theirList, ourList] = await Promise.all([real.ask(['list']), mine.ask(['list'])])
        expect({ said, ...told(our), files: own, list: ourList.stdout.replaceAll(mine.root, 'ROOT') }).toEqual({
          said,
          ...told(their),
          files,
          list: theirList.stdout.replaceAll(real.root, 'ROOT'),
        })
        before = own
      }
    }
    // DVC has written what it then refuses to read: nothing works there any more. Ours still does.
    expect(broken).toEqual(broken.map((each) => ({ ...each, theirs: false, ours: true })))
    expect(broken.length).toBeGreaterThanOrEqual(BREAKING.length)
  })
})

/** What failed may have begun to speak: DVC says that it sets a default before it looks whether it can. */
function told({ failed, stdout }: Ran): Ran {
  return { failed, stdout: stdout.startsWith('Setting') && failed ? '' : stdout }
}
