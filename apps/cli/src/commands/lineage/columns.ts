import { resolve } from 'node:path'
import type { Frame } from '@dayshift/core'
import { columnLineageFacet, type FoundColumns, type InputField, type TriedColumn } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand, type Context, type Outcome } from '../../command.ts'
import { engineFlags } from '../../engine-flags.ts'
import { ETL, placedEtl } from '../../etl.ts'
import { numberFlag } from '../../flags.ts'
import { columnsOfEtl } from '../../lineage/etl-columns.ts'
import { placeWords } from '../../lineage/run-words.ts'
import { columnsOfSqlFlags, sqlFlags } from '../../lineage/sql-flags.ts'
import { fileOf, loadExport } from '../../modules.ts'
import { onlyWord } from '../../only-word.ts'
import { printable } from '../../render/words.ts'
import { sourceFlags } from '../../source-flags.ts'
import { openSource, sourceNamed } from '../../sources.ts'
import type { Terminal } from '../../terminal.ts'

const flags = {
  ...sqlFlags,
  etl: { type: 'string', value: 'FILE[#NAME]', help: 'a module that exports (frame) => frame' },
  rows: { type: 'string', value: 'N', help: 'rows that an ETL’s functions are tried with (default: 50)' },
  tries: { type: 'string', value: 'N', help: 'how often each column is changed in them (default: 10; 0: never)' },
  seed: { type: 'string', value: '42', help: 'what makes the tries repeatable (default: 42)' },
  ...sourceFlags,
  ...engineFlags,
} as const

export const command = defineCommand({
  name: 'lineage columns',
  summary: 'say which columns SQL or an ETL makes of which',
  usage: '--sql FILE|TEXT [--input NAME=SOURCE …] | <source> --etl FILE[#NAME]',
  description: [
    'Of SQL, by DuckDB’s own parser; where it is not sure, it says why, and gives none. Of an ETL, by the verbs that it uses. What',
    'a function of map() looks at is found by trying, which is experimental: in a few rows one column after the other is',
    'changed, to see what else changes. --json has it as the facet columnLineage of OpenLineage too.',
  ],
  flags,
  examples: [
    "dayshift lineage columns --sql 'SELECT id, amount * qty AS total FROM orders' --input orders=data/orders.csv",
    'dayshift lineage columns --sql build.sql --input orders=data/orders.csv --input customers=data/customers.parquet',
    'dayshift lineage columns data/orders.csv --etl etl/clean.ts',
  ],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags: given } = context
    if ((given.sql === undefined) === (given.etl === undefined))
      throw failure(
        'DS_USAGE',
        given.sql === undefined ? '--sql or --etl is missing' : '--sql and --etl do not go together',
        {
          hint: "As in dayshift lineage columns --sql 'SELECT a FROM t' --input t=data/t.csv.",
        },
      )
    return given.etl === undefined ? ofSql(context) : ofEtl(given.etl, context)
  },
})

async function ofSql(context: Context<typeof flags>): Promise<Outcome> {
  const [word] = context.positionals
  if (word !== undefined)
    throw failure('DS_USAGE', `'${word}' is too much: the tables of the SQL are given with --input`, {
      hint: `As --input NAME=${word}.`,
    })
  return outcomeOf(await columnsOfSqlFlags(context.flags, context), [], context)
}

async function ofEtl(reference: string, context: Context<typeof flags>): Promise<Outcome> {
  const { flags: given, cwd, signal } = context
  if (given.input !== undefined) throw failure('DS_USAGE', '--input goes with --sql; an ETL has one source')
  const source = await sourceNamed(onlyWord(context.positionals, 'a source'), context)
  const etl = await loadExport(reference, cwd, ETL)
  const frame: Frame = await openSource(source, context)
  const [rows, tries, seed] = (['rows', 'tries', 'seed'] as const).map((flag) => wholeFlag(flag, given[flag]))
  const found = await columnsOfEtl(frame, etl, { rows, tries, seed, signal }).catch((error: unknown) =>
    Promise.reject(placedEtl(error, resolve(cwd, fileOf(reference, cwd)))),
  )
  return outcomeOf(found, found.tried, context)
}

function wholeFlag(flag: string, value: string | undefined): number | undefined {
  const number = numberFlag(flag, value)
  if (number === undefined || (Number.isSafeInteger(number) && number >= 0)) return number
  throw failure('DS_USAGE', `--${flag} takes a whole number, not '${value}'`)
}

function outcomeOf(found: FoundColumns, tried: readonly TriedColumn[], { cwd, terminal }: Context): Outcome {
  const { inputs, columns, lineage, warnings } = found
  return {
    reports: [],
    result: {
      inputs: inputs.map(({ namespace, name }) => ({ namespace, name })),
      columns,
      lineage: lineage ?? null,
      ...(tried.length > 0 ? { tried } : {}),
      warnings,
      facet: lineage ? columnLineageFacet(lineage) : null,
    },
    warns: warnings.some(({ severity }) => severity !== 'info'),
    text: [
      ...(lineage ? lines(columns, lineage, tried, { cwd, terminal }) : []),
      ...warnings.flatMap(({ severity, message, hint }) => [
        `${terminal.paint(severity === 'info' ? 'dim' : 'yellow', severity)}  ${printable(message)}`,
        ...(hint === undefined ? [] : [`      ${printable(hint)}`]),
      ]),
      ...(lineage ? [] : inputs.map((input) => `reads ${placeWords(input, cwd)}`)),
    ],
  }
}

function lines(
  columns: readonly string[],
  { fields, dataset = [] }: NonNullable<FoundColumns['lineage']>,
  tried: readonly TriedColumn[],
  { cwd, terminal }: { readonly cwd: string; readonly terminal: Terminal },
): string[] {
  const width = Math.max(4, ...columns.map((column) => printable(column).length))
  const row = (name: string, between: string, to: string | undefined, sources: readonly InputField[]): string[] =>
    (sources.length > 0 ? sources.map((one) => sourceWords(one, to, tried, cwd)) : ['no column']).map((words, at) => {
      const first = at === 0 ? `${printable(name).padEnd(width)}  ${between}` : ' '.repeat(width + 2 + between.length)
      return `${first}  ${words}`
    })
  return [
    ...columns.flatMap((column) =>
      Object.hasOwn(fields, column)
        ? row(column, 'from', column, fields[column] ?? [])
        : [`${printable(column).padEnd(width)}  ${terminal.paint('dim', 'not told')}`],
    ),
    ...(dataset.length > 0 ? row('rows', 'by  ', undefined, dataset) : []),
  ]
}

function sourceWords(
  { field, transformations = [], ...dataset }: InputField,
  to: string | undefined,
  tried: readonly TriedColumn[],
  cwd: string,
): string {
  const ways = transformations.map(
    ({ type, subtype = type, masking }) => `${subtype.toLowerCase().replace('_', ' ')}${masking ? ', masked' : ''}`,
  )
  const trial = tried.find((one) => one.from === field && one.to === to)
  const seen = trial ? [`in ${Math.round(trial.confidence * trial.tries)} of ${trial.tries} tries`] : []
  const how = [...ways, ...seen].join('; ')
  return `${placeWords(dataset, cwd)} › ${printable(field)}${how === '' ? '' : `  (${how})`}`
}
