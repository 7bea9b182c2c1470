import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failure } from '../codes.ts'
import { messageOf } from '../errors.ts'
import { appendJournal } from '../journal/append.ts'
import type { Sink } from '../sink.ts'

/**
 * Keeps every report as a line of a journal, for history and trends.
 *
 * @param path the journal, usually `.dayshift/reports.jsonl`; made where it is missing
 * @example await historySink('.dayshift/reports.jsonl').write(report)
 */
export function historySink(path: string): Sink & Required<Pick<Sink, 'write'>> {
  return {
    name: 'history',
    write: async (report) => {
      await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
        throw failure('DS_WRITE', `cannot make ${dirname(path)}: ${messageOf(error)}`, { where: path, cause: error })
      })
      appendJournal(path, [{ ...report }])
    },
  }
}
