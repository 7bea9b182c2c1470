import { isDayshiftError, type Finding } from '@dayshift/core'
import { isAddress } from '@dayshift/core/ground'
import { lookAtFiles } from './data-files.ts'
import type { Evidence, Look } from './evidence.ts'

/** How many rows there are, as far as it is known. */
export interface RowCounts {
  readonly rows?: number
  /** Those that came since the check before. */
  readonly newRows?: number
}

/**
 * The rows of some data: as a basis counted them, or, where they are needed, counted now. What is new are those with a time
 * later than the newest of the check before; without a column of times, those that there are more than there were.
 */
export async function rowCounts(evidences: readonly Evidence[], look: Look, isNeeded: boolean): Promise<RowCounts> {
  const rows =
    evidences.find((evidence) => evidence.rows !== undefined)?.rows ?? (isNeeded ? await counted(look) : undefined)
  const before = look.previous?.rows
  const newRows =
    evidences.find((evidence) => evidence.newRows !== undefined)?.newRows ??
    (rows === undefined || before === undefined ? undefined : Math.max(0, rows - before))
  return { ...(rows === undefined ? {} : { rows }), ...(newRows === undefined ? {} : { newRows }) }
}

async function counted(look: Look): Promise<number | undefined> {
  const { paths, frame, format, signal } = look
  if (frame) return frame.count({ signal })
  // What lies elsewhere has no files here to count.
  if (paths.length === 0 || paths.some(isAddress)) return undefined
  let sum = 0
  for (const path of paths) {
    const { none } = await lookAtFiles([path], { format, signal })
    if (!none) sum += await rowsAt(path, look)
  }
  return sum
}

/** A text without a header has no rows either. */
async function rowsAt(path: string, { open, signal }: Pick<Look, 'open' | 'signal'>): Promise<number> {
  try {
    return await (await open(path)).count({ signal })
  } catch (error) {
    if (isDayshiftError(error) && error.code === 'DS_SOURCE_EMPTY') return 0
    throw error
  }
}

/** What is said of too few rows. */
export function tooFewRows(minRows: number, { rows, newRows }: RowCounts): Finding[] {
  const found = newRows ?? rows
  if (found === undefined) return [uncounted(minRows)]
  if (found >= minRows) return []
  return [
    {
      severity: 'error',
      code: 'freshness.too_few_rows',
      message:
        newRows === undefined
          ? `${rows} rows, at least ${minRows} are expected`
          : `${newRows} new rows since the check before, at least ${minRows} are expected`,
      hint: 'Check what the job reads: something came, but not all.',
    },
  ]
}

function uncounted(minRows: number): Finding {
  return {
    severity: 'error',
    code: 'freshness.rows_unknown',
    message: `nobody can tell whether there are at least ${minRows} rows: files that do not lie here are not counted`,
    hint: 'Leave --min-rows out, or check a copy that lies here.',
  }
}
