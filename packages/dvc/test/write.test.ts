import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
