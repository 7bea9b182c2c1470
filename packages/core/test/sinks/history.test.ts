import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readJournal } from '../../src/journal/read.ts'
import type { AnyReport } from '../../src/report.ts'
import { prototype } from '../../src/prototype.ts'
import { historySink } from '../../src/sinks/history.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()

test('every report is a line, in order; the folder is made', async () => {
  const path = join(folder.path, 'deep/er/reports.jsonl')
  const sink = historySink(path)
  const report: AnyReport = await prototype(await folder.csv('a\n1\n2\n'), { rows: 1 })
  await sink.write(report)
  await sink.write({ ...report, status: 'warn' })
  expect(sink.name).toBe('history')
  const { lines, damage } = await readJournal(path)
  expect(damage).toEqual([])
  expect(lines.map(({ record }) => record)).toMatchObject([report, { ...report, status: 'warn' }])
})

test('a folder that cannot be made is an error', async () => {
  const file = folder.write('file', '')
  const report = await prototype(await folder.csv('a\n1\n'))
  await expect(historySink(join(file, 'reports.jsonl')).write(report)).rejects.toMatchObject({ code: 'DS_WRITE' })
})
