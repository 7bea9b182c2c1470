import { isDayshiftError } from '@dayshift/core/ground'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { checkout } from '../src/checkout.ts'
import { commit } from '../src/commit.ts'
import { diff } from '../src/diff.ts'
import { du } from '../src/du.ts'
import { fetch } from '../src/fetch.ts'
import { gc } from '../src/gc.ts'
import { get } from '../src/get.ts'
import { getUrl } from '../src/get-url.ts'
import { importData } from '../src/import.ts'
import { importUrl } from '../src/import-url.ts'
import { list } from '../src/list.ts'
import { listUrl } from '../src/list-url.ts'
import { move } from '../src/move.ts'
import { openVersion } from '../src/open-version.ts'
import { pull } from '../src/pull.ts'
import { push } from '../src/push.ts'
import { remoteStatus } from '../src/remote-status.ts'
import { remove } from '../src/remove.ts'
import { status } from '../src/status.ts'
import { registerVersion } from '../src/tag.ts'
import { unprotect } from '../src/unprotect.ts'
import { update } from '../src/update.ts'
import { version } from '../src/version.ts'
import { versions } from '../src/versions.ts'
import { whereis } from '../src/whereis.ts'
import { env, git } from './sandbox.ts'
import { repoWithRemote } from './transfer/faulty.ts'

/** What a command ends with: the kind of its error tells the exit code. */
async function kindOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (error) {
    return isDayshiftError(error) ? error.kind : String(error)
  }
}

async function committed() {
  const { cwd } = await repoWithRemote({ 'd/a': 'a', one: 'one' }, ['d', 'one'])
  git(cwd, 'add', '.')
  git(cwd, 'commit', '--quiet', '--message', 'data')
  return { cwd, env }
}

type Command = (name: string, options: { readonly cwd: string; readonly env: typeof env }) => Promise<unknown>

const OF_PATHS: Readonly<Record<string, Command>> = {
  add: (path, options) => add([path], options),
  checkout: (path, options) => checkout([path], options),
  commit: (path, options) => commit([path], options),
  diff: (path, options) => diff({ ...options, targets: [path] }),
  du: (path, options) => du({ ...options, path }),
  'du of a repository': (path, options) => du({ ...options, url: '.', path }),
  fetch: (path, options) => fetch([path], options),
  get: (path, options) => get('.', path, { ...options, out: 'out' }),
  'get-url': (path, options) => getUrl(path, { ...options, out: 'out' }),
  import: (path, options) => importData('.', path, { ...options, out: 'out' }),
  'import-url': (path, options) => importUrl(path, { ...options, out: 'out' }),
  list: (path, options) => list({ ...options, path }),
  'list-url': (path, options) => listUrl(path, options),
  move: (path, options) => move(path, 'out', options),
  'open of a version': (path, options) => openVersion(path, 'HEAD', options),
  pull: (path, options) => pull([path], options),
  push: (path, options) => push([path], options),
  remove: (path, options) => remove([path], options),
  status: (path, options) => status([path], options),
  'status --cloud': (path, options) => remoteStatus([path], options),
  unprotect: (path, options) => unprotect([path], options),
  update: (path, options) => update([path], options),
  version: (path, options) => version([path], options),
  versions: (path, options) => versions(path, options),
  whereis: (path, options) => whereis(path, options),
}

const OF_REVISIONS: Readonly<Record<string, Command>> = {
  diff: (from, options) => diff({ ...options, from }),
  'diff to': (to, options) => diff({ ...options, from: 'HEAD', to }),
  fetch: (revision, options) => fetch([], { ...options, revision }),
  gc: (revision, options) => gc({ ...options, revision, dryRun: true }),
  get: (revision, options) => get('.', 'one', { ...options, revision, out: 'out' }),
  import: (revision, options) => importData('.', 'one', { ...options, revision, out: 'out' }),
  list: (revision, options) => list({ ...options, revision }),
  'open of a version': (revision, options) => openVersion('one', revision, options),
  tag: (revision, options) => registerVersion('model', { ...options, revision, version: 'v1.0.0' }),
}

// Exit code 3, as for any file that is missing: what was asked for makes sense, and could not be carried out.
test.each([
  ['path', 'nothing', OF_PATHS],
  ['path with a line break', 'noth\ning', OF_PATHS],
  ['revision', 'nothing', OF_REVISIONS],
  ['revision with a line break', 'noth\ning', OF_REVISIONS],
])('an unknown %s fails in the same way wherever it is named', async (_, name, commands) => {
  const options = await committed()
  const kinds: Record<string, string> = {}
  for (const [command, run] of Object.entries(commands)) kinds[command] = await kindOf(run(name, options))
  expect(kinds).toEqual(Object.fromEntries(Object.keys(commands).map((command) => [command, 'failed'])))
})
