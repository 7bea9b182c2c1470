import { failure } from '../codes.ts'
import { originalOf } from '../text/copies.ts'
import { isDayshiftError, messageOf, type DayshiftError } from '../errors.ts'
import { lineOfBadJson } from '../sources/json-line.ts'
import { FUNCTION_MARK } from './duckdb-function.ts'
import { lineOfOtherEnd, lineOfRecord } from '../text/records.ts'

/**
 * Says what DuckDB's message means. Its errors have no code: the class is the text before the first colon, and the place
 * in a CSV file stands in the message.
 */
export async function duckdbFailure(error: unknown, query: string): Promise<DayshiftError> {
  if (isDayshiftError(error)) return error
  const text = messageOf(error)
  const kind = /^(?:TransactionContext Error: )?([A-Za-z ]+?)(?: Error)?:/.exec(text)?.[1] ?? ''
  // Below the first line stands the query, where words mean nothing.
  const first = text.replace(/^[A-Za-z ]+ Error: /, '').split('\n')[0] as string
  const cause = { cause: Object.assign(new Error(text), { query }) }

  const csv = /CSV Error on Line: (\d+)/.exec(text)
  if (csv) return malformedCsv(text, Number(csv[1]), cause)
  const mark = text.indexOf(FUNCTION_MARK)
  if (mark >= 0) return failure('DS_FUNCTION', text.slice(mark), cause)
  if (kind === 'INTERRUPT') return failure('DS_ABORTED', 'the work was stopped', cause)
  if (kind === 'Out of Memory') return failure('DS_OUT_OF_MEMORY', first, cause)
  if (kind === 'IO' && /No space left|Could not write|disk.*full/i.test(first)) return failure('DS_WRITE', first, cause)
  if (kind === 'IO' && /Permission denied/i.test(first)) return failure('DS_SOURCE_UNREADABLE', first, cause)
  if (first.startsWith('No files found that match')) return failure('DS_SOURCE_NOT_FOUND', first, cause)
  const unknown = /Referenced column "([^"]*)" not found in FROM clause!\s*Candidate bindings: (.*)/.exec(text)
  if (unknown) {
    return failure('DS_COLUMN_UNKNOWN', `there is no column '${unknown[1]}'`, {
      ...cause,
      hint: `Near it: ${unknown[2]}`,
    })
  }
  if (first.startsWith('The CSV Parser state machine')) return oddLineEnds(text, cause)
  if (BROKEN_FILE.test(first)) {
    const file = /"([^"]+\.[A-Za-z.]+)"|[Ff]ile '([^']+)'|stream: (.+)$/.exec(first)
    const where = file?.[1] ?? file?.[2] ?? file?.[3]
    const json = where === undefined ? null : /^Malformed JSON .* at byte \d+ in line (\d+): (.*?)\.? *$/.exec(first)
    const line = json && (await lineOfBadJson(where as string, Number(json[1])))
    if (json && line) {
      const place = `${originalOf(where as string)}:${line}`
      return failure('DS_SOURCE_MALFORMED', `${place}: ${json[2]}`, {
        ...cause,
        where: place,
        hint: 'Mend that line: every line is one whole JSON value.',
      })
    }
    // Of JSON the engine counts something else than lines.
    return failure('DS_SOURCE_MALFORMED', first.replace(/ at byte \d+ in line \d+/, ''), {
      ...cause,
      ...(where === undefined ? {} : { where: originalOf(where) }),
    })
  }
  if (kind === 'Missing Extension') {
    return failure('DS_QUERY', first, {
      ...cause,
      hint: 'Only what DuckDB has built in can be used; nothing is loaded.',
    })
  }
  return failure('DS_QUERY', first, cause)
}

/** What DuckDB says of files that are not what their names promise. */
const BROKEN_FILE =
  /^(Malformed JSON in file|Invalid JSON|JSON transform|No magic bytes|TProtocolException|Error when sniffing file|CSV Sniffer|Input is not a GZIP|Failed to decode gzip|File '.*' too small to be a Parquet|.*Parquet file)/i

/** DuckDB gives up where CRLF and LF alternate, and tells neither the reason nor the line. */
async function oddLineEnds(text: string, cause: { cause: Error }): Promise<DayshiftError> {
  const file = /^\s*file = (.*)$/m.exec(text)?.[1]?.trim()
  const line = file === undefined ? undefined : await lineOfOtherEnd(file)
  if (file === undefined || line === undefined) {
    return failure('DS_SOURCE_MALFORMED', (text.split('\n')[0] as string).replace(/^.*? Error: /, ''), {
      ...cause,
      ...(file === undefined ? {} : { where: file }),
    })
  }
  const where = `${originalOf(file)}:${line}`
  return failure('DS_SOURCE_MALFORMED', `${where}: this line ends otherwise than those before it: LF or CRLF`, {
    where,
    hint: 'Write the file with one kind of line end, as by: sed -i "s/\\r$//" file.csv',
    ...cause,
  })
}

async function malformedCsv(text: string, record: number, cause: { cause: Error }): Promise<DayshiftError> {
  const file = /^\s*file = (.*)$/m.exec(text)?.[1]?.trim()
  const said = (name: string): string | undefined =>
    new RegExp(`^\\s*${name} = (.+) \\((?:Set By User|Auto-Detected)\\)$`, 'm').exec(text)?.[1]
  const layout = {
    quote: said('quote') ?? '"',
    delimiter: said('delimiter'),
    escape: said('escape'),
    comment: unless(said('comment'), '(empty)'),
    skip: Number(said('skip_rows') ?? 0),
  }
  const lines = text.split('\n')
  const reason =
    lines.find((line) =>
      /^(Expected Number of Columns|Error when converting|Invalid unicode|Value with unterminated quote|Maximum line size)/.test(
        line,
      ),
    ) ?? (lines[0] as string).replace(/^.*?: /, '')
  // DuckDB counts records here; a quoted cell may span many lines.
  const line = file === undefined ? record : ((await lineOfRecord(file, record, layout)) ?? record)
  const where = `${file === undefined ? 'CSV' : originalOf(file)}:${line}`
  const hint = /unicode|utf-8/i.test(text)
    ? 'Say the encoding of the file: encoding as latin-1, utf-16, windows-1252; or leave such lines out: badLines (--bad-lines).'
    : /Could not convert/.test(text)
      ? 'Declare the column’s type (types), or the cells that mean "no value" (nulls).'
      : 'Mend that line: every record needs as many cells as the header, and quotes in pairs. Or leave such lines out: badLines (--bad-lines).'
  return failure('DS_SOURCE_MALFORMED', `${where}: ${reason}`, { where, hint, ...cause })
}

function unless(text: string | undefined, none: string): string | undefined {
  return text === none ? undefined : text
}
