import { pathToFileURL } from 'node:url'

/** The line of the user's file in an error's stack, where it says one: `etl.ts:7`. */
export function placeOf(error: unknown, file: string): string {
  const stack = (error instanceof Error ? (error.stack ?? '') : '').replaceAll(/\?dayshift=\d+/g, '')
  // Where it was mapped back to the file as it stands, a stack names paths, else URLs.
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${name}:`)
    const line = at < 0 ? undefined : /^:(\d+)/.exec(stack.slice(at + name.length))?.[1]
    if (line !== undefined) return `${file}:${line}`
  }
  return file
}
