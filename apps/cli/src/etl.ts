import type { Etl } from '@dayshift/core'
import type { ExportKind } from './modules.ts'

/** An ETL as a module exports it. */
export const ETL: ExportKind<Etl> = {
  words: 'ETL function',
  fits: (value): value is Etl => typeof value === 'function',
  otherwise: (value) => ({
    what: value === undefined || value === null ? String(value) : `of type ${typeof value}`,
    hint: 'Write export default (frame) => frame, with the steps of the ETL.',
  }),
}
