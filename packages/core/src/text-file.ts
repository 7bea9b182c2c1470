import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * The text of a file, such as a configuration. A pipe or a device is refused, and not waited for: nobody may ever write to it.
 *
 * @param path of a file in UTF-8
 * @throws the system's own error, and one that says so for what is no file
 * @example await readTextFile('holidays.ics')
 */
export async function readTextFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    if (!found.isFile() && !found.isDirectory()) throw new Error(`${path} is a pipe or a device, not a file`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
