import { UNSEEN, UNSEEN_PROBLEM } from './contract-shape.ts'
import { moduleSource } from './exchange/source.ts'
import type { Inference } from './infer.ts'

/**
 * An inferred contract as the text of a TypeScript module, with what speaks for each rule above it.
 *
 * @example await writeFile('contracts/employees.ts', contractSource(await infer(frame)))
 */
export function contractSource({ source, rows, columns }: Inference): string {
  return moduleSource({
    comments: [
      `Inferred from ${source}: ${rows.toLocaleString('en-US')} rows. Correct it: data shows what was, a contract says what must be.`,
      'Likely is what 100 values or more speak for; all else is a guess.',
      ...(columns.some(({ name }) => name === UNSEEN) ? [`Left out: ${UNSEEN_PROBLEM}.`] : []),
    ],
    columns: columns
      .filter(({ name }) => name !== UNSEEN)
      .map(({ name, schema, options, evidence, confidence }) => ({
        name,
        schema,
        options,
        comment: `${confidence}: ${evidence}`,
      })),
    rest: rows > 0 ? { rows: { min: 1 } } : {},
  })
}
