import type { Etl } from '@dayshift/core'
import { isDayshiftError } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { ExportKind } from './modules.ts'
import { placeOf } from './stack-place.ts'

/** An ETL as a module exports it. */
export const ETL: ExportKind<Etl> = {
  words: 'ETL function',
  fits: (value): value is Etl => typeof value === 'function',
  otherwise: (value) => ({
    what: value === undefined || value === null ? String(value) : `of type ${typeof value}`,
    hint: 'Write export default (frame) => frame, with the steps of the ETL.',
  }),
}

/** An error of an ETL with the line of its file where it was thrown. */
export function placedEtl(error: unknown, file: string): unknown {
  if (!isDayshiftError(error) || error.code !== 'DS_ETL') return error
  return failure('DS_ETL', error.message, { hint: error.hint, where: placeOf(error.cause, file), cause: error.cause })
}
