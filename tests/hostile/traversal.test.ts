import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { dayshiftHere, GIT_ENV, newFolder, type Ran } from '../../apps/cli/test/cli.ts'

/** Names that lead out of a folder, or into what is git's or DVC's. */
const NAMES = [
  '../../victim',
  'a/../../../victim',
  '/tmp/dayshift-hostile-victim',
  String.raw`..\..\victim`,
  String.raw`C:\victim`,
  '.git/hooks/post-checkout',
  '.GIT/config',
  '.dvc/config',
  '.dvc/config.local',
  'link/victim',
  '.',
  'nul\0victim',
] as const

const EVIL = '#!/bin/sh\necho evil\n'
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

let base = ''
let cwd = ''
let store = ''

const here = (...words: string[]): Promise<Ran> => dayshiftHere(cwd, words, { env: GIT_ENV })
const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', words, { cwd: folder, env: GIT_ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** An object in the cache and in the remote. */
function object(text: string, suffix = ''): string {
  const hash = md5(text)
  for (const place of [join(cwd, '.dvc/cache'), store])
    put(join(place, 'files/md5', hash.slice(0, 2), hash.slice(2) + suffix), text)
  return hash + suffix
}

/** All that must stay: what lies beside the repository, in `.git`, and DVC's settings. */
function guarded(): Record<string, string> {
  const found: Record<string, string> = {}
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const name = path.slice(base.length + 1)
      // Of the repository itself only its own folders; what work keeps there may come and go.
      if (/^repo\/(?!\.git(?:\/|$)|\.dvc(?:\/|$)|link$)|^repo\/\.dvc\/(?:cache|tmp)(?:\/|$)|^store\//.test(name))
        continue
      if (entry.isDirectory()) walk(path)
      else found[name] = entry.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8')
    }
  }
  walk(base)
  return found
}

beforeAll(async () => {
  base = newFolder()
  cwd = join(base, 'repo')
  store = join(base, 'store')
  mkdirSync(cwd)
  git(cwd, 'init', '--quiet')
  await here('dvc', 'init')
  await here('dvc', 'remote', 'add', '-d', 'store', store)
  put(join(base, 'victim'), 'mine')
  put(join(base, 'away/victim'), 'mine')
  symlinkSync('../away', join(cwd, 'link'))
})

function record(name: string, extra: string): string {
  const hash = object(EVIL)
  return `outs:\n- md5: ${hash}\n  size: ${EVIL.length}\n  hash: md5\n  path: ${JSON.stringify(name)}\n${extra}`
}

/** Where a name comes in, and what is then run. */
const ENTRIES: Readonly<Record<string, (name: string) => readonly (readonly string[])[]>> = {
  'a .dvc file': (name) => {
    put(join(cwd, 'a.dvc'), record(name, ''))
    return [
      ['dvc', 'pull', '--force'],
      ['dvc', 'commit', '--force'],
    ]
  },
  'the wdir of a .dvc file': (name) => {
    put(join(cwd, 'a.dvc'), `wdir: ${JSON.stringify(name)}\n${record('x', '')}`)
    return [
      ['dvc', 'pull', '--force'],
      ['dvc', 'remove', 'a.dvc', '--outs'],
    ]
  },
  'a dvc.lock': (name) => {
    put(join(cwd, 'dvc.yaml'), `stages:\n  s:\n    cmd: touch x\n    outs:\n    - ${JSON.stringify(name)}\n`)
    put(
      join(cwd, 'dvc.lock'),
      `schema: '2.0'\nstages:\n  s:\n    cmd: touch x\n    outs:\n    - path: ${JSON.stringify(name)}\n      hash: md5\n      md5: ${object(EVIL)}\n      size: ${EVIL.length}\n`,
    )
    return [
      ['dvc', 'checkout', '--force'],
      ['dvc', 'gc', '-w', '--force'],
    ]
  },
  'a manifest': (name) => {
    const hash = object(JSON.stringify([{ md5: object(EVIL), relpath: name }]), '.dir')
    put(join(cwd, 'd.dvc'), `outs:\n- md5: ${hash}\n  hash: md5\n  path: d\n`)
    return [
      ['dvc', 'pull', '--force'],
      ['dvc', 'gc', '-w', '--force'],
    ]
  },
  'a manifest within a repository that is read': (name) => {
    const other = join(base, 'store', 'other')
    mkdirSync(other, { recursive: true })
    git(other, 'init', '--quiet')
    const hash = object(JSON.stringify([{ md5: object(EVIL), relpath: name }]), '.dir')
    put(join(other, '.dvc/config'), `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`)
    put(join(other, 'd.dvc'), `outs:\n- md5: ${hash}\n  hash: md5\n  path: d\n`)
    git(other, 'add', '-A')
    git(other, 'commit', '--quiet', '-m', 'x')
    return [
      ['dvc', 'get', other, 'd'],
      ['dvc', 'get', other, 'd', '-o', name.replaceAll('\0', '')],
      ['dvc', 'import', other, 'd'],
    ]
  },
  'the hash of an output': (name) => {
    put(join(cwd, 'a.dvc'), `outs:\n- md5: ${JSON.stringify(`${name}.dir`)}\n  hash: md5\n  path: a\n`)
    return [
      ['dvc', 'pull', '--force'],
      ['dvc', 'push'],
    ]
  },
  'the record of an import': (name) => {
    put(
      join(cwd, 'a.dvc'),
      `frozen: true\ndeps:\n- path: ${JSON.stringify(name)}\n  repo:\n    url: ${JSON.stringify(name)}\n    rev_lock: ${JSON.stringify(name)}\n${record(name, '')}`,
    )
    return [
      ['dvc', 'update', 'a.dvc'],
      ['dvc', 'pull', '--force'],
    ]
  },
  'a catalog line': (name) => {
    put(
      join(cwd, '.dayshift/catalog.jsonl'),
      `${JSON.stringify({ unique_id: name, dataset_name: name, description: name, storage_path: name })}\n`,
    )
    return [
      ['catalog', 'list'],
      ['catalog', 'show', name],
      ['catalog', 'remove', name],
      ['catalog', 'fsck', '--repair'],
      ['catalog', 'compact'],
    ]
  },
  'a project file': (name) => {
    put(join(cwd, 'in.csv'), 'a\n1\n')
    put(
      join(cwd, 'dayshift.config.json'),
      JSON.stringify({
        name,
        datasets: { [name]: { source: 'in.csv', description: 'x', log: { origin: name, job: name } } },
      }),
    )
    return [['run', '--only', 'prototype,register,log,freshness'], ['report']]
  },
}

const CASES = Object.entries(ENTRIES).flatMap(([entry, prepare]) => NAMES.map((name) => ({ entry, prepare, name })))

/** What an earlier case brought goes; what none may touch stays. */
function clear(): void {
  for (const name of readdirSync(cwd)) {
    if (!['.git', '.dvc', 'link'].includes(name)) rmSync(join(cwd, name), { recursive: true, force: true })
  }
  rmSync(join(store, 'other'), { recursive: true, force: true })
}

test.each(CASES.map((one) => [JSON.stringify(one.name), one.entry, one] as const))(
  'the name %s in %s leads nowhere',
  async (_name, _entry, { prepare, name }) => {
    clear()
    const commands = prepare(name)
    const before = guarded()
    const codes: (number | null)[] = []
    for (const words of commands) {
      const { code, stderr } = await here(...words)
      codes.push(code)
      expect(stderr).not.toMatch(/^ {4}at |DS_INTERNAL/m)
    }
    expect(guarded()).toEqual(before)
    expect(lstatSync('/tmp/dayshift-hostile-victim', { throwIfNoEntry: false })).toBeUndefined()
    expect(codes.every((code) => [0, 1, 2, 3].includes(code as number))).toBe(true)
  },
)
