import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import type { Engine } from '../src/engine.ts'
import type { Frame } from '../src/frame.ts'
import { open, type OpenOptions } from '../src/open.ts'

/** A folder of its own for a test file, removed afterwards. */
export interface Folder {
  readonly path: string
  /** Writes a file and gives its path; folders in between are made. */
  write(name: string, content: string | Uint8Array): string
  /** Opens a text table of this content under a name never used before. */
  csv(content: string | Uint8Array, options?: OpenOptions): Promise<Frame>
}

export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'dayshift-core-'))
  // Vitest kills its workers, and with them what the engine that all frames share would tidy away on exit.
  process.env['TMPDIR'] = path
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  let files = 0
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    return file
  }
  return { path, write, csv: (content, options) => open(write(`${++files}.csv`, content), options) }
}

/** An engine that keeps the text of every query that it runs. */
export function recording(engine: Engine): { readonly engine: Engine; readonly queries: string[] } {
  const queries: string[] = []
  return {
    queries,
    engine: {
      ...engine,
      query: (text, options) => {
        queries.push(text)
        return engine.query(text, options)
      },
      stream: (text, options) => {
        queries.push(text)
        return engine.stream(text, options)
      },
    },
  }
}

/** Names and native types of a frame, as `a BIGINT`. */
export async function typesOf(frame: Frame): Promise<string[]> {
  return (await frame.schema()).columns.map(({ name, nativeType }) => `${name} ${nativeType}`)
}
