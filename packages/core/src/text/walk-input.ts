import { open } from 'node:fs/promises'
import { fileBytes } from './file-bytes.ts'

/** Bytes of a file from its start on, decompressed where they must be. */
export interface WalkInput {
  /** Fills a buffer, from what stands at a position, which is where the last one ended; 0 at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/** Opens a file. */
export async function walkInput(path: string): Promise<WalkInput> {
  if (/\.gz$/i.test(path)) return zippedInput(path)
  const file = await open(path)
  return {
    read: async (into, position) => (await file.read(into, 0, into.length, position)).bytesRead,
    close: () => file.close(),
  }
}

function zippedInput(path: string): WalkInput {
  const chunks = fileBytes(path)
  let left: Uint8Array = new Uint8Array()
  const read = async (into: Uint8Array): Promise<number> => {
    while (left.length === 0) {
      const next = await chunks.next()
      if (next.done) return 0
      left = next.value
    }
    const part = left.subarray(0, into.length)
    into.set(part)
    left = left.subarray(part.length)
    return part.length
  }
  return {
    read,
    close: async () => {
      await chunks.return(undefined)
    },
  }
}
