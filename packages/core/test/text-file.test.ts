import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAlertState } from '../src/alerts/state-file.ts'
import { readTextFile } from '../src/text-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-text-'))

test('a file is read, and a pipe that nobody writes to is refused at once', async () => {
  const file = join(folder, 'a.txt')
  writeFileSync(file, 'ä\n')
  expect(await readTextFile(file)).toBe('ä\n')
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  await expect(readTextFile(pipe)).rejects.toThrow('pipe is a pipe or a device, not a file')
  await expect(readTextFile(folder)).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(readTextFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readAlertState(pipe)).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
})
