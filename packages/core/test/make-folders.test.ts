import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders } from '../src/make-folders.ts'

test('folders are made where they are not there, and what cannot be ends in an error', () => {
  const home = mkdtempSync(join(tmpdir(), 'dayshift-folders-'))
  try {
    expect(makeFolders(join(home, 'a/b/c'))).toBe(join(home, 'a'))
    expect(statSync(join(home, 'a/b/c')).isDirectory()).toBe(true)
    expect(makeFolders(join(home, 'a/b/c'))).toBeUndefined()
    writeFileSync(join(home, 'file'), '')
    expect(() => makeFolders(join(home, 'file'))).toThrow('EEXIST')
    expect(() => makeFolders(join(home, 'file/x'))).toThrow('EEXIST')
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})

test.skipIf(!existsSync('/proc/self'))('a file system that takes no folders is an error, not a wait', () => {
  expect(() => makeFolders('/proc/nope/x')).toThrow('ENOENT')
})
