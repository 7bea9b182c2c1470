import { isSql, type Sql } from '@dayshift/core'
import type { ColumnOptions } from '../column.ts'
import type { Note } from '../note.ts'
import { callsOf, PythonPattern, type Call } from './calls.ts'
import type { ColumnModel, ContractModel, PatternModel } from './model.ts'
import { allChecks, optionsOf } from './to-contract.ts'

/** A column as a module in TypeScript has it. */
interface SourceColumn {
  readonly name: string
  /** The schema, as TypeScript. */
  readonly schema: string
  readonly options: ColumnOptions
  /** What stands above it. */
  readonly comment?: string | undefined
}

/** A contract as a module in TypeScript has it. */
export interface SourceModule {
  /** What stands at the top. */
  readonly comments: readonly string[]
  readonly columns: readonly SourceColumn[]
  /** What else `defineContract` is given, by name. */
  readonly rest: Readonly<Record<string, unknown>>
}

/** A contract as the text of a TypeScript module. */
export function moduleSource({ comments, columns, rest }: SourceModule): string {
  const before = Object.entries(rest).filter(([name]) => FIRST.has(name))
  const after = Object.entries(rest).filter(([name]) => !FIRST.has(name))
  const body = [
    ...before.flatMap(([name, value]) => fieldLines(name, value)),
    '  columns: {',
    ...columns.flatMap(columnLines),
    '  },',
    ...after.flatMap(([name, value]) => fieldLines(name, value)),
  ]
  const text = body.join('\n')
  const names = ['column', 'defineContract', 'pythonPattern'].filter(
    (name) => name === 'defineContract' || text.includes(`${name}(`),
  )
  return [
    ...comments.map((comment) => `// ${oneLine(comment)}`),
    ...(text.includes('sql`') ? ["import { sql } from '@dayshift/core'"] : []),
    `import { ${names.join(', ')} } from '@dayshift/validate'`,
    "import { z } from 'zod'",
    '',
    'export default defineContract({',
    text,
    '})',
    '',
  ].join('\n')
}

/** What stands before the columns. */
const FIRST: ReadonlySet<string> = new Set(['name', 'description'])

/**
 * A contract's model as the text of a TypeScript module.
 *
 * @param origin what it was made from, for the first line
 */
export function sourceOf(model: ContractModel, origin: string): string {
  const { name, description, columns, extra, ordered, missing, unique, references, rows, notes } = model
  const checks = allChecks(model).map((check) => {
    const told = Object.entries(check).filter(([, value]) => value !== undefined)
    return told.length === 1 && 'that' in check ? check.that : Object.fromEntries(told)
  })
  return moduleSource({
    comments: [`Converted from ${origin}.`, ...notes.map((note) => `Not carried over: ${noteWords(note)}`)],
    columns: columns.map((column) => ({
      name: column.name,
      schema: schemaSource(column),
      options: optionsOf(column),
    })),
    rest: {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(model.patterns.length > 0 ? { patterns: model.patterns.map(patternFields) } : {}),
      ...(extra === 'allow' ? {} : { extra }),
      ...(ordered ? { ordered } : {}),
      ...(missing ? { missing } : {}),
      ...(unique.length > 0 ? { unique: unique.map(shortKey) } : {}),
      ...(references.length > 0 ? { references } : {}),
      ...(rows ? { rows } : {}),
      ...(checks.length > 0 ? { checks } : {}),
    },
  })
}

function patternFields({ name, column, required }: PatternModel): object {
  return {
    name: new Code(valueSource(name.python === undefined ? name.pattern : new PythonPattern(name))),
    column: new Code(definitionSource(schemaSource(column), optionsOf(column))),
    ...(required ? {} : { required }),
  }
}

/** Text that is TypeScript already. */
class Code {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function shortKey(key: ContractModel['unique'][number]): unknown {
  return key.severity === undefined && key.mostly === undefined ? key.columns : key
}

/** A note in one line. */
function noteWords({ place, message }: Note): string {
  return `${place}: ${message}`
}

/** The schema of a column as TypeScript: `z.int().min(0).nullable()`. */
function schemaSource(column: ColumnModel): string {
  return `z${callsOf(column).map(callSource).join('')}`
}

function callSource({ method, args, inner }: Call): string {
  const given = inner ? `z${callSource(inner)}` : args.map(valueSource).join(', ')
  return `.${method}(${given})`
}

/** A value as TypeScript. */
function valueSource(value: unknown): string {
  if (value instanceof Code) return value.text
  if (value instanceof PythonPattern) return pythonSource(value)
  if (value instanceof RegExp) return String(value)
  if (value instanceof Date) return `new Date(${textSource(value.toISOString())})`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return textSource(value)
  if (isSql(value)) return sqlSource(value)
  if (Array.isArray(value)) return `[${(value as unknown[]).map(valueSource).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).flatMap(([key, one]) =>
    one === undefined ? [] : [`${keySource(key)}: ${valueSource(one)}`],
  )
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function pythonSource({ python, anchoring }: PythonPattern): string {
  const raw = /[`\p{Cc}]|\$\{|\\$/u.test(python) ? textSource(python) : `String.raw\`${python}\``
  const source = python.includes('\\') ? raw : textSource(python)
  return `pythonPattern(${source}${anchoring === 'search' ? '' : `, ${textSource(anchoring)}`})`
}

function textSource(text: string): string {
  // What an editor or a terminal would take for the end of a line, or obey.
  const quoted = JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g,
    (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return text.includes("'") ? quoted : `'${quoted.slice(1, -1).replaceAll('\\"', '"')}'`
}

/** A list of texts in double quotes, at the start of a schema that was inferred. */
const LISTED = /^z\.enum\((\["(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*\])\)/

/** A schema whose texts are in the quotes that the module has elsewhere. */
function inOwnQuotes(schema: string): string {
  return schema.replace(LISTED, (_all, list: string) => `z.enum(${valueSource(JSON.parse(list))})`)
}

function sqlSource({ text }: Sql): string {
  return `sql\`${text.replaceAll(/[\\`]|\$(?=\{)/g, String.raw`\$&`)}\``
}

function keySource(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textSource(name)
}

function fieldLines(name: string, value: unknown): string[] {
  if (!Array.isArray(value) || name === 'missing') return [`  ${name}: ${valueSource(value)},`]
  return [`  ${name}: [`, ...(value as unknown[]).map((item) => `    ${valueSource(item)},`), '  ],']
}

function columnLines({ name, schema, options, comment }: SourceColumn): string[] {
  return [
    ...(comment === undefined ? [] : [`    // ${oneLine(comment)}`]),
    `    ${keySource(name)}: ${definitionSource(inOwnQuotes(schema), options)},`,
  ]
}

function definitionSource(schema: string, options: ColumnOptions): string {
  return Object.keys(options).length === 0 ? schema : `column(${schema}, ${valueSource(options)})`
}

/** Text for a comment, which must not end early. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+/gu, ' ')
}
