import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

/**
 * The line of a JSON Lines file that is no JSON, near one that the engine names: it counts differently.
 *
 * @param near 1 is the first line
 */
export async function lineOfBadJson(path: string, near: number): Promise<number | undefined> {
  if (/\.zst$/i.test(path)) return undefined
  const file = createReadStream(path)
  const input = /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file
  let line = 0
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line++
      if (line > near + 1) return undefined
      if (line >= near - 2 && text.trim() !== '' && !isJson(text)) return line
    }
  } catch {
    // A file that cannot be read to its end: the caller has a better error.
  } finally {
    file.destroy()
  }
  return undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
