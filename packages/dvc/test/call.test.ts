import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as dvc from '../src/index.ts'
import { codeOf, env, newFolder, repoWith } from './sandbox.ts'

type Verb = (...given: unknown[]) => Promise<unknown>

const LISTS = {
  add: dvc.add,
  version: dvc.version,
  planVersion: dvc.planVersion,
  commit: dvc.commit,
  checkout: dvc.checkout,
  status: dvc.status,
  unprotect: dvc.unprotect,
  remove: dvc.remove,
  checkIgnore: dvc.checkIgnore,
} as unknown as Readonly<Record<string, Verb>>

test.each(Object.entries(LISTS))('%s refuses a text for a list, and options without a folder', async (_, verb) => {
  const cwd = await repoWith({ a: '1' }, ['a'])
  await expect(verb('a', { cwd, env })).rejects.toMatchObject({
    code: 'DS_DVC_CALL',
    message: expect.stringMatching(/^the (?:paths|targets) are no list of texts, as \['data\/a.csv'\]$/) as string,
  })
  expect(await codeOf(verb(undefined, { cwd, env }))).toBe('DS_DVC_CALL')
  expect(await codeOf(verb([1], { cwd, env }))).toBe('DS_DVC_CALL')
  for (const options of [undefined, {}, { cwd: '' }, cwd]) {
    await expect(verb(['a'], options)).rejects.toMatchObject({
      code: 'DS_DVC_CALL',
      message: 'the options name no folder to work in, as { cwd: process.cwd() }',
    })
  }
})

test('so do the verbs that take no list', async () => {
  const verbs = [
    dvc.diff,
    dvc.dataStatus,
    dvc.gc,
    dvc.fsck,
    dvc.list,
    dvc.du,
    dvc.init,
    dvc.cacheMigrate,
  ] as readonly Verb[]
  for (const verb of verbs) {
    expect(await codeOf(verb())).toBe('DS_DVC_CALL')
    expect(await codeOf(verb({}))).toBe('DS_DVC_CALL')
  }
  for (const verb of [
    dvc.versions,
    dvc.move,
    dvc.recordedVersion,
    dvc.previousVersion,
    dvc.versionAt,
  ] as readonly Verb[]) {
    expect(await codeOf(verb('a', 'b', {}))).toBe('DS_DVC_CALL')
  }
  expect(await codeOf((dvc.findRepo as Verb)())).toBe('DS_DVC_CALL')
  const cwd = await repoWith({}, [])
  expect(await codeOf((dvc.diff as Verb)({ cwd, env, targets: 'a' }))).toBe('DS_DVC_CALL')
})

test('a folder that does not exist is named as such', async () => {
  const cwd = join(newFolder(), 'gone')
  for (const work of [dvc.version(['a'], { cwd, env }), dvc.init({ cwd, env }), dvc.status([], { cwd, env })]) {
    await expect(work).rejects.toMatchObject({ code: 'DS_DVC_CALL', message: `the folder ${cwd} does not exist` })
  }
})

test('so is whatever else is not what the types say', async () => {
  const cwd = await repoWith({ a: '1' }, ['a'])
  const here = { cwd, env }
  const calls: readonly [Verb, ...unknown[]][] = [
    [dvc.versions as Verb, undefined, here],
    [dvc.move as Verb, 1, 2, here],
    [dvc.openVersion as Verb, 'a', undefined, here],
    [dvc.openVersion as Verb, 'a', 'HEAD'],
    [dvc.versionAt as Verb, 'a', undefined, here],
    [dvc.diff as Verb, { ...here, from: 5 }],
    [dvc.registerVersion as Verb, undefined, here],
    [dvc.assignStage as Verb, 'a', undefined, here],
    [dvc.editConfig as Verb, 'x'],
    [dvc.add as Verb, ['a'], { ...here, lockTimeout: -1 }],
    [dvc.add as Verb, ['a'], { ...here, lockTimeout: NaN }],
    [dvc.version as Verb, ['a'], { ...here, tag: 1 }],
    [dvc.version as Verb, ['a'], { ...here, message: {} }],
  ]
  for (const [verb, ...given] of calls) expect(await codeOf(verb(...given))).toBe('DS_DVC_CALL')
})
