import { stat } from 'node:fs/promises'

/** The size of files together, in bytes. */
export async function sizeOf(files: readonly string[]): Promise<number> {
  let bytes = 0
  for (const file of files) bytes += (await stat(file)).size
  return bytes
}
