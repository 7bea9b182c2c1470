import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * The text of a file, such as a configuration. A pipe or a device is refused, and not waited for: nobody may ever write to it.
 *
 * @param path of a file in UTF-8
 * @throws the system's own error, and one that says so for what is no file
 * @example await readTextFile('holidays.ics')
 */
export async function readTextFile(path: string): Promise<string> {
  const file = await open(path, AT_ONCE)
  try {
    refuseSpecial(await file.stat(), path)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/**
 * As {@link readTextFile}, at once: of small files where nobody can wait.
 *
 * @throws as {@link readTextFile}
 * @example readTextFileSync('.dvc/tmp/rwlock')
 */
export function readTextFileSync(path: string): string {
  const file = openSync(path, AT_ONCE)
  try {
    refuseSpecial(fstatSync(file), path)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

/** A pipe is opened whether somebody writes to it or not. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

function refuseSpecial(found: Stats, path: string): void {
  if (!found.isFile() && !found.isDirectory()) throw new Error(`${path} is a pipe or a device, not a file`)
}
