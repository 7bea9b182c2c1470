import type { ColumnOptions } from './column.ts'
import type { Inference, InferredColumn } from './infer.ts'

/**
 * An inferred contract as the text of a TypeScript module, with what speaks for each rule above it.
 *
 * @example await writeFile('contracts/employees.ts', contractSource(await infer(frame)))
 */
export function contractSource({ source, rows, columns }: Inference): string {
  const needed = columns.some(({ options }) => Object.keys(options).length > 0)
  return [
    `// Inferred from ${oneLine(source)}: ${rows.toLocaleString('en-US')} rows. Correct it: data shows what was, a contract says what must be.`,
    ...(rows < 100 ? ['// So few rows tell little: every rule here is a guess.'] : []),
    `import { ${needed ? 'column, ' : ''}defineContract } from '@dayshift/validate'`,
    "import { z } from 'zod'",
    '',
    'export default defineContract({',
    '  columns: {',
    ...columns.flatMap(columnLines),
    '  },',
    ...(rows > 0 ? ['  rows: { min: 1 },'] : []),
    '})',
    '',
  ].join('\n')
}

function columnLines({ name, schema, options, evidence }: InferredColumn): string[] {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${JSON.stringify(name)}]`
  const own = optionsText(options)
  return [`    // ${oneLine(evidence)}`, `    ${key}: ${own === undefined ? schema : `column(${schema}, ${own})`},`]
}

function optionsText(options: ColumnOptions): string | undefined {
  const parts = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return parts.length === 0 ? undefined : `{ ${parts.join(', ')} }`
}

/** Text for a comment, which must not end early. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
