import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@dayshift/core/ground'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { checkout } from '../src/checkout.ts'
import { commit } from '../src/commit.ts'
import { dataStatus } from '../src/data-status.ts'
import { diff } from '../src/diff.ts'
import { writeDvcFile } from '../src/formats/dvcfile.ts'
import { gc } from '../src/gc.ts'
import { move } from '../src/move.ts'
import { outputsAt, outputsOf } from '../src/outputs.ts'
import { remove } from '../src/remove.ts'
import { initRepo, needRepo, type DvcRepo } from '../src/repo.ts'
import { status } from '../src/status.ts'
import { codeOf, env, filesIn, git, newFolder, newGitRepo, put, repoWith } from './sandbox.ts'

const md5 = '401b30e3b8b5d629635a5c613cdb7919'
const other = '60b725f10c9c85c70d97880dfe8191b3.dir'

async function newRepo(): Promise<DvcRepo> {
  return initRepo(newGitRepo(), false, env)
}

const KEPT = { cache: true, persist: false, push: true, frozen: false, isImport: false }

test('finds what .dvc files, stages and dvc.lock say', async () => {
  const repo = await newRepo()
  put(repo.root, 'a.dvc', writeDvcFile({ outs: [{ md5, size: 2, isexec: true, hash: 'md5', path: 'a' }] }))
  put(
    repo.root,
    'sub/two.dvc',
    `wdir: ..\nfrozen: true\ndeps:\n- path: https://example.com/x\nouts:\n- md5: ${other}\n  nfiles: 3\n  path: b\n  cache: false\n  push: false\n  remote: far\n- hash: md5\n  path: sub/later\n  persist: true\n- hash: md5\n  path: ../outside\n- hash: md5\n  path: s3://bucket/x\n`,
  )
  put(
    repo.root,
    'pipe/dvc.yaml',
    'stages:\n  train:\n    cmd: x\n    wdir: in\n    outs:\n    - m\n    metrics:\n    - n:\n        cache: false\n',
  )
  put(
    repo.root,
    'pipe/dvc.lock',
    `schema: '2.0'\nstages:\n  train:\n    cmd: x\n    outs:\n    - path: m\n      hash: md5\n      md5: ${md5}\n      size: 2\n  gone:\n    cmd: y\n    outs:\n    - path: z\n      md5: ${md5}\n`,
  )
  expect(await outputsOf(repo)).toEqual([
    { path: 'a', file: 'a.dvc', hash: { algorithm: 'md5', digits: md5 }, size: 2, isexec: true, ...KEPT },
    {
      path: 'pipe/in/m',
      file: 'pipe/dvc.yaml',
      stage: 'train',
      hash: { algorithm: 'md5', digits: md5 },
      size: 2,
      ...KEPT,
    },
    { path: 'pipe/in/n', file: 'pipe/dvc.yaml', stage: 'train', ...KEPT, cache: false },
    {
      path: 'b',
      file: 'sub/two.dvc',
      hash: { algorithm: 'md5-dos2unix', digits: other },
      nfiles: 3,
      ...KEPT,
      cache: false,
      push: false,
      remote: 'far',
      frozen: true,
      isImport: true,
      origin: { path: 'https://example.com/x' },
    },
    {
      path: 'sub/later',
      file: 'sub/two.dvc',
      ...KEPT,
      persist: true,
      frozen: true,
      isImport: true,
      origin: { path: 'https://example.com/x' },
    },
  ])
})

test.each([false, true])(
  'passes over what is ignored, lies in data or in another repository (no git: %s)',
  async (noScm) => {
    const repo = await initRepo(noScm ? newFolder() : newGitRepo(), noScm, env)
    const { root } = repo
    for (const path of ['kept/a', 'ignored/b', 'inner/c', 'inner/deep/d', 'data/e', 'f']) {
      put(root, `${path}.dvc`, writeDvcFile({ outs: [{ hash: 'md5', path: path.replace(/.*\//, '') }] }))
    }
    put(root, 'data.dvc', writeDvcFile({ outs: [{ hash: 'md5', path: 'data' }] }))
    put(root, 'inner/.dvc/config', '')
    put(root, '.dvcignore', 'ignored/\n/f.dvc\n')
    mkdirSync(join(root, 'folder.dvc'))
    expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(['data', 'kept/a'])
    put(root, '.dvcignore', '')
    expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(['data', 'f', 'ignored/b', 'kept/a'])
  },
)

test('a revision is read from git alone, from a folder of its repository too', async () => {
  const top = newGitRepo()
  put(top, 'beside.dvc', 'outs:\n- path: x\n')
  put(top, 'sub/.dvc/config', '')
  put(top, 'sub/é.dvc', writeDvcFile({ outs: [{ md5, hash: 'md5', path: 'é' }] }))
  put(top, 'sub/params.yaml', 'names: [p, q]\n')
  put(top, 'sub/dvc.yaml', 'stages:\n  s:\n    foreach: ${names}\n    do:\n      cmd: x\n      outs: ["${item}.txt"]\n')
  put(top, 'sub/nested/.dvc/config', '')
  put(top, 'sub/nested/n.dvc', 'outs:\n- path: n\n')
  put(top, 'sub/params.yaml.dvc', 'outs:\n- path: params.yaml\n')
  git(top, 'add', '--all', '--force')
  git(top, 'commit', '--quiet', '-m', 'one')
  git(top, 'tag', 'v1')
  rmSync(join(top, 'sub/é.dvc'))
  put(top, 'sub/dvc.yaml', 'stages: [')
  git(top, 'commit', '--quiet', '-am', 'two')
  const repo = await needRepo(join(top, 'sub'), env)
  const found = await outputsOf(repo, { revision: 'v1' })
  expect(found.map(({ path, stage }) => [path, stage])).toEqual([
    ['p.txt', 's@p'],
    ['q.txt', 's@q'],
    ['params.yaml', undefined],
    ['é', undefined],
  ])
  await expect(outputsOf(repo, { revision: 'HEAD' })).rejects.toMatchObject({
    code: 'DS_DVC_FILE_MALFORMED',
    where: 'HEAD:dvc.yaml',
  })
  expect(await codeOf(outputsOf(repo, { revision: 'v9' }))).toBe('DS_GIT_REVISION')
  expect(await codeOf(outputsOf(repo))).toBe('DS_DVC_FILE_MALFORMED')
})

test('a thousand .dvc files are found with two git processes', async () => {
  const repo = await newRepo()
  const names = Array.from({ length: 1000 }, (_, at) => `d${at % 10}/f${String(at).padStart(4, '0')}`)
  for (const name of names) {
    put(repo.root, `${name}.dvc`, writeDvcFile({ outs: [{ md5, size: 1, hash: 'md5', path: name.slice(3) }] }))
  }
  git(repo.root, 'add', '--all')
  git(repo.root, 'commit', '--quiet', '-m', 'all')
  expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(names.toSorted())
  expect(await outputsOf(repo, { revision: 'HEAD' })).toEqual(await outputsOf(repo))
})

test('many revisions are gone through; each has its own', async () => {
  const repo = await newRepo()
  const commits: string[] = []
  for (const digit of ['a', 'b', 'a']) {
    put(repo.root, 'same.dvc', writeDvcFile({ outs: [{ md5, hash: 'md5', path: 'same' }] }))
    put(repo.root, 'x.dvc', writeDvcFile({ outs: [{ md5: digit.repeat(32), hash: 'md5', path: 'x' }] }))
    if (commits.length === 2) put(repo.root, 'y.dvc', git(repo.root, 'show', ':x.dvc').replace('path: x', 'path: y'))
    git(repo.root, 'add', '--all')
    git(repo.root, 'commit', '--quiet', '-m', digit)
    commits.push(git(repo.root, 'rev-parse', 'HEAD').trim())
  }
  const found: unknown[] = []
  for await (const { revision, outputs } of outputsAt(repo, commits)) {
    found.push([revision, ...outputs.map(({ path, hash }) => `${path} ${hash?.digits[0] ?? ''}`)])
  }
  expect(found).toEqual([
    [commits[0], 'same 4', 'x a'],
    [commits[1], 'same 4', 'x b'],
    [commits[2], 'same 4', 'x a', 'y b'],
  ])
})

test.each([
  ['.', 'x.dvc'],
  ['.git', 'x.dvc'],
  ['.git/hooks/post-commit', 'x.dvc'],
  ['../.dvc/config', 'sub/x.dvc'],
  ['in/.HG/hgrc', 'x.dvc'],
  ['../..//', 'a/b/x.dvc'],
])('no data is %j: nothing is written or removed there', async (path, file) => {
  const repo = await newRepo()
  put(repo.root, file, `outs:\n- md5: ${md5}\n  hash: md5\n  path: ${path}\n`)
  put(repo.root, 'f', 'one')
  const options = { cwd: repo.root, env }
  const before = filesIn(repo.root)
  const commands: (() => Promise<unknown>)[] = [
    () => outputsOf(repo),
    () => checkout([], options),
    () => status([], options),
    () => gc({ ...options, workspace: true }),
    () => remove([file], { ...options, outs: true }),
    () => add(['f'], options),
    () => move('f', 'g', options),
    () => commit([], { ...options, force: true }),
  ]
  for (const work of commands) {
    await expect(work()).rejects.toMatchObject({ code: 'DS_DVC_FILE_MALFORMED', where: file })
  }
  expect(filesIn(repo.root).filter((name) => !name.startsWith('.dvc/tmp/'))).toEqual(
    before.filter((name) => !name.startsWith('.dvc/tmp/')),
  )
})

test('a stage makes nothing in the folders of git either, and history is held to the same', async () => {
  const repo = await newRepo()
  put(repo.root, 'dvc.yaml', 'stages:\n  s:\n    cmd: x\n    outs: [.git/hooks/pre-commit]\n')
  git(repo.root, 'add', 'dvc.yaml')
  git(repo.root, 'commit', '--quiet', '-m', 'one')
  expect(await codeOf(outputsOf(repo))).toBe('DS_DVC_FILE_MALFORMED')
  await expect(outputsOf(repo, { revision: 'HEAD' })).rejects.toMatchObject({ where: 'HEAD:dvc.yaml' })
})

test('an absolute path into the repository is one like any other, in dvc.lock as well', async () => {
  const repo = await newRepo()
  put(repo.root, 'in/a.dvc', `outs:\n- md5: ${md5}\n  hash: md5\n  path: ${repo.root}/b\n`)
  put(repo.root, 'dvc.yaml', `stages:\n  s:\n    cmd: x\n    outs: [${repo.root}/out.txt]\n`)
  // DVC 3.67.1 writes it so.
  put(
    repo.root,
    'dvc.lock',
    `schema: '2.0'\nstages:\n  s:\n    cmd: x\n    outs:\n    - path: out.txt\n      hash: md5\n      md5: ${md5}\n`,
  )
  expect((await outputsOf(repo)).map(({ path, hash }) => [path, hash?.digits])).toEqual([
    ['out.txt', md5],
    ['b', md5],
  ])
})

test('data outside of the repository is told where it is asked for', async () => {
  const repo = await newRepo()
  put(repo.root, 'a.dvc', 'outs:\n- path: ../x\n- path: s3://b/y\n- path: /elsewhere/z\n- path: in\n')
  expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(['in'])
  expect((await outputsOf(repo, { outside: true })).map(({ path }) => path)).toHaveLength(4)
})

test('submodules and other git repositories within are looked into, unless they are of DVC', async () => {
  const repo = await newRepo()
  const text = writeDvcFile({ outs: [{ hash: 'md5', path: 'x' }] })
  for (const path of ['sub', 'nested/deep', 'broken', 'own', 'ignored', 'hidden']) {
    put(repo.root, `${path}/x.dvc`, text)
    git(join(repo.root, path), 'init', '--quiet')
  }
  for (const path of ['sub', 'sub/gone']) put(repo.root, `${path}/.gitignore`, '/secret\n')
  put(repo.root, 'sub/secret/y.dvc', text)
  git(join(repo.root, 'sub'), 'add', 'x.dvc')
  git(join(repo.root, 'sub'), 'commit', '--quiet', '-m', 'one')
  git(repo.root, '-c', 'advice.addEmbeddedRepo=false', 'add', 'sub')
  put(repo.root, 'own/.dvc/config', '')
  put(repo.root, '.dvcignore', 'ignored\n')
  put(repo.root, '.gitignore', 'hidden\n')
  rmSync(join(repo.root, 'broken/.git'), { recursive: true })
  put(repo.root, 'broken/.git', 'gitdir: nowhere\n')
  expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(['broken/x', 'nested/deep/x', 'sub/x'])
})

test.each([false, true])('a record whose name is not UTF-8 is not passed over (no git: %s)', async (noScm) => {
  const repo = await initRepo(noScm ? newFolder() : newGitRepo(), noScm, env)
  put(repo.root, 'ok/x.dvc', writeDvcFile({ outs: [{ hash: 'md5', path: 'x' }] }))
  if (!noScm) git(repo.root, 'add', 'ok')
  renameSync(join(repo.root, 'ok'), Buffer.concat([Buffer.from(`${repo.root}/caf`), Buffer.from([0xe9])]))
  expect(await codeOf(outputsOf(repo))).toBe('DS_DVC_PATH_NAME')
  rmSync(Buffer.concat([Buffer.from(`${repo.root}/caf`), Buffer.from([0xe9])]), { recursive: true })
  put(repo.root, 'caf\ufffd/x.dvc', writeDvcFile({ outs: [{ hash: 'md5', path: 'x' }] }))
  expect((await outputsOf(repo)).map(({ path }) => path)).toEqual(['caf\ufffd/x'])
})

test('a record that is a link to nowhere is not passed over', async () => {
  const repo = await newRepo()
  symlinkSync('nowhere', join(repo.root, 'a.dvc'))
  expect(await codeOf(outputsOf(repo))).toBe('DS_DVC_UNREADABLE')
})

test('records of data outside of the repository are told once, by whatever goes through all of them', async () => {
  const cwd = await repoWith({ 'in/a': 'a' }, ['in/a'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  put(cwd, 'b.dvc', `outs:\n- md5: ${md5}\n  hash: md5\n  path: ../b\n`)
  put(cwd, 'in/c.dvc', `outs:\n- hash: md5\n  path: s3://me:hidden@bucket/x\n`)
  const expected = [
    'warn b.dvc is passed over: ../b lies outside of the repository',
    'warn in/c.dvc is passed over: s3://bucket/x lies outside of the repository',
  ]
  const told: string[] = []
  const onFinding = ({ severity, message }: Finding): void => void told.push(`${severity} ${message}`)
  const heard = (): string[] => told.splice(0)
  for (const verb of [
    () => status([], { cwd, env, onFinding }),
    () => dataStatus({ cwd, env, onFinding }),
    () => diff({ cwd, env, onFinding }),
  ]) {
    await verb()
    expect(heard()).toEqual(expected)
  }
  await status(['in/a'], { cwd, env, onFinding })
  expect(heard()).toEqual([])
  for (const { findings } of [await checkout([], { cwd, env }), await commit([], { cwd, env })]) {
    findings.forEach(onFinding)
    expect(heard()).toEqual(expected)
  }
})

test.each(['x.dvc', 'in/dvc.yaml', 'dvc.lock', '.dvcignore'])(
  'data called %s would be taken for a record',
  async (path) => {
    const repo = await newRepo()
    put(repo.root, 'q.dvc', writeDvcFile({ outs: [{ hash: 'md5', path }] }))
    expect(await codeOf(outputsOf(repo))).toBe('DS_DVC_FILE_MALFORMED')
  },
)
