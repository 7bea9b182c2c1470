import { basename } from 'node:path'
import { failure } from './codes.ts'
import { oneOf } from './flags.ts'

const RESULTS = ['text', 'json', 'jsonl', 'markdown', 'junit', 'github', 'html'] as const

/** Drawings of graphs, and their edges as a table. */
const DRAWINGS = ['mermaid', 'dot', 'csv'] as const

/** What other programs read of ages. */
const AGES = ['prometheus', 'dbt'] as const

const FORMATS = [...RESULTS, ...DRAWINGS, ...AGES] as const

/** The formats of commands that do not name theirs. */
export const RESULT_FORMATS: readonly OutputFormat[] = RESULTS

/** How results are written. */
export type OutputFormat = (typeof FORMATS)[number]

/** Formats that files get by the ends of their names. */
const SUFFIXES: Readonly<Record<string, OutputFormat>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.txt': 'text',
  '.md': 'markdown',
  '.xml': 'junit',
  '.html': 'html',
  '.mmd': 'mermaid',
  '.dot': 'dot',
  '.csv': 'csv',
  '.prom': 'prometheus',
}

/**
 * The format that `--json` or `--format` asks for.
 *
 * @param known the formats that the results have, which are told where there is no such format
 */
export function formatOfFlags(
  flags: { readonly json?: boolean; readonly format?: string },
  known: readonly OutputFormat[] = FORMATS,
): OutputFormat {
  const isFormat = FORMATS.some((one) => one === flags.format)
  const format = oneOf('format', flags.format, isFormat ? FORMATS : known, 'text')
  return flags.json ? 'json' : format
}

/** Whether results are asked for in a format: on stdout, or in a file. */
export function asksFor(
  flags: { readonly json?: boolean; readonly format?: string; readonly output?: readonly string[] },
  format: OutputFormat,
): boolean {
  return formatOfFlags(flags) === format || (flags.output ?? []).some((file) => formatOfFile(file) === format)
}

/** What dbt calls its file of ages. */
const DBT_FILE = 'sources.json'

/**
 * The format that a file's name tells.
 *
 * @param known the formats that the results have: dbt's file has a name of its own where they have its form
 * @throws DS_USAGE where it tells none
 */
export function formatOfFile(file: string, known: readonly string[] = []): OutputFormat {
  if (basename(file) === DBT_FILE && known.includes('dbt')) return 'dbt'
  const suffix = Object.keys(SUFFIXES).find((one) => file.endsWith(one))
  if (suffix !== undefined) return SUFFIXES[suffix] as OutputFormat
  throw failure('DS_USAGE', `--output ${file}: the name tells no format`, {
    hint: 'End it with .json, .jsonl, .txt, .md, .html or .xml (JUnit).',
  })
}

/** The ends of names of files in these formats. */
export function suffixesOf(formats: readonly OutputFormat[]): string[] {
  return Object.keys(SUFFIXES).filter((suffix) => formats.includes(SUFFIXES[suffix] as OutputFormat))
}

/**
 * Refuses formats that results of some kind do not have.
 *
 * @param what the results: `what infer writes`
 * @throws DS_USAGE
 */
export function refuseFormats(
  what: string,
  asked: { readonly format: OutputFormat; readonly outputs: readonly string[] },
  known: readonly OutputFormat[],
): void {
  const hint = `Formats: ${known.join(', ')}.`
  if (!known.includes(asked.format)) throw failure('DS_USAGE', `${what} has no form as ${asked.format}`, { hint })
  const file = asked.outputs.find((one) => !known.includes(formatOfFile(one, known)))
  if (file === undefined) return
  throw failure('DS_USAGE', `--output ${file}: ${what} has no form as ${formatOfFile(file)}`, { hint })
}
