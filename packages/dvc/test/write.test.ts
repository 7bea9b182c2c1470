import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { temporaryFor } from '@dayshift/core/ground'
import { expect, test } from 'vitest'
import { replaceFile, writeAtomically } from '../src/write.ts'
import { newFolder, put } from './sandbox.ts'

test('what a kill leaves of settings lies where git does not look, and only its owner reads it', async () => {
  const folder = newFolder()
  put(folder, '.dvc/config.local', 'old')
  const path = join(folder, '.dvc/config.local')
  const places: string[] = []
  const fill = async (_: unknown, temporary: string): Promise<void> => void places.push(dirname(temporary))
  await replaceFile(path, fill)
  mkdirSync(join(folder, '.dvc/tmp'))
  await replaceFile(path, fill)
  await replaceFile(join(folder, 'a.dvc'), fill)
  expect(places).toEqual([join(folder, '.dvc'), join(folder, '.dvc/tmp'), folder])
  await replaceFile(path, async (file) => expect((await file.stat()).mode & 0o777).toBe(0o600), 0o600)
  chmodSync(path, 0o600)
  await writeAtomically(path, 'new')
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, '.dvc/tmp'))).toEqual([])
})

test('what a killed process left unfinished of the workspace’s files goes with the next one', async () => {
  const folder = newFolder()
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const left = (name: string, pid: number | undefined): string =>
    `${temporaryFor(join(folder, name))}.dayshift.tmp`.replace(`-${process.pid}-`, `-${pid}-`)
  const others = left('b.dvc', process.ppid)
  for (const path of [left('a.dvc', dead), left('.gitignore', dead), others]) put(folder, basename(path), 'half')
  await writeAtomically(join(folder, 'a.dvc'), 'whole')
  expect(readdirSync(folder).toSorted()).toEqual([basename(others), 'a.dvc'].toSorted())
})
