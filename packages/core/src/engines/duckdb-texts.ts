import { createRequire } from 'node:module'

/** Where the driver keeps what it decodes texts with: a path within the package, which the package does not keep to itself. */
const DECODER = '@duckdb/node-api/lib/vectors/dataAccessors.js'

/**
 * Has the driver keep a U+FEFF at the start of a text. Its decoder takes it for a mark of the encoding and drops it, so that
 * texts come out that the data does not hold: of files that were pasted together, each with its mark.
 *
 * @returns whether the driver's decoder is where it is known to be
 */
export function keepMarks(): boolean {
  const driver = createRequire(import.meta.url)(DECODER) as { textDecoder?: unknown }
  if (!(driver.textDecoder instanceof TextDecoder)) return false
  if (!driver.textDecoder.ignoreBOM) driver.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return true
}
