import { failure } from '../codes.ts'
import { isDayshiftError, messageOf, type DayshiftError } from '../errors.ts'
import { lineOfRecord } from '../records.ts'

/**
 * Says what DuckDB's message means. Its errors have no code: the class is the text before the first colon, and the place
 * in a CSV file stands in the message.
 */
export async function duckdbFailure(error: unknown, query: string): Promise<DayshiftError> {
  if (isDayshiftError(error)) return error
  const text = messageOf(error)
  const kind = /^(?:TransactionContext Error: )?([A-Za-z ]+?)(?: Error)?:/.exec(text)?.[1] ?? ''
  const first = text.replace(/^[A-Za-z ]+ Error: /, '').split('\n')[0] as string
  const cause = { cause: Object.assign(new Error(text), { query }) }

  const csv = /CSV Error on Line: (\d+)/.exec(text)
  if (csv) return malformedCsv(text, Number(csv[1]), cause)
  if (kind === 'INTERRUPT') return failure('DS_ABORTED', 'the work was stopped', cause)
  if (kind === 'Out of Memory') return failure('DS_OUT_OF_MEMORY', first, cause)
  if (/No space left|Could not write|disk.*full/i.test(text)) return failure('DS_WRITE', first, cause)
  if (/Permission denied/i.test(text)) return failure('DS_SOURCE_UNREADABLE', first, cause)
  if (/No files found that match/.test(text)) return failure('DS_SOURCE_NOT_FOUND', first, cause)
  const unknown = /Referenced column "([^"]*)" not found in FROM clause!\s*Candidate bindings: (.*)/.exec(text)
  if (unknown) {
    return failure('DS_COLUMN_UNKNOWN', `there is no column '${unknown[1]}'`, {
      ...cause,
      hint: `Near it: ${unknown[2]}`,
    })
  }
  if (
    /Malformed JSON|Invalid JSON|JSON transform|unexpected character|No magic bytes|too small to be a Parquet|Parquet|Invalid Input/i.test(
      text,
    )
  ) {
    const file = /"([^"]+\.[A-Za-z.]+)"|in file '([^']+)'/.exec(text)
    return failure('DS_SOURCE_MALFORMED', first, { ...cause, ...(file ? { where: file[1] ?? file[2] } : {}) })
  }
  return failure('DS_QUERY', first, cause)
}

async function malformedCsv(text: string, record: number, cause: { cause: Error }): Promise<DayshiftError> {
  const file = /^\s*file = (.*)$/m.exec(text)?.[1]?.trim()
  const quote = /^\s*quote = (.)/m.exec(text)?.[1] ?? '"'
  const lines = text.split('\n')
  const reason =
    lines.find((line) =>
      /^(Expected Number of Columns|Error when converting|Invalid unicode|Value with unterminated quote|Maximum line size)/.test(
        line,
      ),
    ) ?? (lines[0] as string).replace(/^.*?: /, '')
  // DuckDB counts records here; a quoted cell may span many lines.
  const line = file === undefined ? record : ((await lineOfRecord(file, record, quote)) ?? record)
  const where = `${file ?? 'CSV'}:${line}`
  const hint = /unicode|utf-8/i.test(text)
    ? 'Say the encoding of the file, as encoding: latin-1.'
    : /Could not convert/.test(text)
      ? 'Declare the column’s type (types), or the cells that mean "no value" (nulls).'
      : 'Mend that line: every record needs as many cells as the header, and quotes in pairs.'
  return failure('DS_SOURCE_MALFORMED', `${where}: ${reason}`, { where, hint, ...cause })
}
