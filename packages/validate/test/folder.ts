import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, type Frame } from '@dayshift/core'
import { afterAll } from 'vitest'

/** A folder of its own for a test file, removed afterwards, and a way to open text tables in it. */
export function newFolder(): { readonly folder: string; readonly table: (content: string) => Promise<Frame> } {
  const folder = mkdtempSync(join(tmpdir(), 'dayshift-validate-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let files = 0
  const table = (content: string): Promise<Frame> => {
    const path = join(folder, `${++files}.csv`)
    writeFileSync(path, content)
    return open(path)
  }
  return { folder, table }
}
