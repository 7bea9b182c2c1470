import { chmodSync, lstatSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { md5Of } from '../../src/cache/hash.ts'
import { stampOf, type Stamp } from '../../src/cache/stamp.ts'
import { openState } from '../../src/cache/state.ts'
import type * as Lookouts from '../../src/workspace/lookout.ts'
import { built, newFolder, put } from '../sandbox.ts'

const A = md5Of('a')
const old: Stamp = { mtimeNs: 1n, ctimeNs: 2n, ino: 3n, size: 4n }

test('a second thread finds known files that are as they were, and no others', async () => {
  const { openLookout } = (await import(built('workspace/lookout'))) as typeof Lookouts
  const root = newFolder()
  const names = ['same', 'é 😀', 'run.sh', 'edited', 'link']
  for (const name of names.slice(0, 4)) put(root, `data/z/${name}`)
  chmodSync(join(root, 'data/z/run.sh'), 0o755)
  symlinkSync('same', join(root, 'data/z/link'))
  await sleep(30)
  const state = openState(join(root, 'tmp'))
  for (const name of names) {
    state.put(`data/z/${name}`, stampOf(lstatSync(join(root, 'data/z', name), { bigint: true })), A, Date.now())
  }
  for (let at = 0; at < 10_000; at++) state.put(`data/a/${at}`, old, A, Date.now())
  state.put('more/x', old, A, Date.now())
  await state.save()
  utimesSync(join(root, 'data/z/edited'), 1, 1)

  const { known } = openState(join(root, 'tmp'))
  const lookout = openLookout(root, known, 'data')
  const seen = (name: string): unknown => lookout?.seen(known.indexOf(name))
  await expect.poll(() => seen('data/z/same')).toBe('file')
  await expect.poll(() => seen('data/z/é 😀')).toBe('file')
  await expect.poll(() => seen('data/z/run.sh')).toBe('executable')
  expect(['data/z/edited', 'data/z/link', 'data/a/7', 'more/x'].map(seen)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  await lookout?.stop()
  expect(openLookout(root, known, 'more')).toBeUndefined()
})
