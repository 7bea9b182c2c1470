import { z } from 'zod'
import type { ColumnModel, PatternRule, Rule } from './model.ts'
import type { Anchoring } from './python/from-python.ts'
import { FORM_PATTERNS, wordsFor } from './text-form.ts'

/** A call of Zod: the first of a chain is one of `z`, the others are of what the one before gave. */
export interface Call {
  /** As `int`, `iso.date`, `min`. */
  readonly method: string
  readonly args: readonly unknown[]
  /** The check of `z` that is the argument: `check(z.gt(…))`. */
  readonly inner?: Call
}

/** Forms of texts that Zod has a function for, by Zod's name of the form. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ...['email', 'url', 'uuid', 'guid', 'ipv4', 'ipv6', 'cidrv4', 'cidrv6', 'mac', 'base64', 'base64url'].map(named),
  ...['hostname', 'jwt', 'nanoid', 'cuid', 'cuid2', 'ulid', 'xid', 'ksuid', 'e164', 'emoji'].map(named),
  ['date', 'iso.date'],
  ['time', 'iso.time'],
  ['datetime', 'iso.datetime'],
  ['duration', 'iso.duration'],
])

function named(name: string): [string, string] {
  return [name, name]
}

/** Whether a form of texts can be written as Zod has it. */
export function isFormat(name: string): boolean {
  return FORMATS.has(name)
}

/** The chain of calls that makes the schema of a column. What Zod has no word for is left out: see `sqlRules`. */
export function callsOf(column: ColumnModel): Call[] {
  const rules = column.rules.filter((rule) => isSaid(column, rule))
  const listed = rules.find((rule): rule is ListRule => rule.rule === 'one_of')
  const form = rules.find((rule): rule is FormatRule => rule.rule === 'format')
  const others = rules.filter((rule) => rule !== form)
  const own = listed ? listCalls(column, listed, rules) : [...baseCalls(column, form), ...others.flatMap(ruleCalls)]
  return [
    ...own,
    ...missingCalls(column, takesAnything(column, listed)),
    ...(column.fallback === undefined ? [] : [call('default', column.fallback)]),
  ]
}

/** What says which of a column may be missing. */
function missingCalls({ nullable, optional }: ColumnModel, isAnything: boolean): Call[] {
  const ofNull = nullable && !isAnything ? [call('nullable')] : []
  if (optional === 'no') return ofNull
  return [...ofNull, call(optional === 'column' && !nullable ? 'exactOptional' : 'optional')]
}

/** Whether a schema takes missing values whether or not they may be. */
export function takesAnything({ type, jsonSchema }: ColumnModel, listed: Rule | undefined): boolean {
  return type === 'any' && !jsonSchema && !listed
}

/** Whether Zod can say a rule of a column of this type, and a warning can be told from the errors of the others. */
export function isSaid({ type, rules, textForm }: ColumnModel, rule: Rule): boolean {
  if (rule.warns && rules.some((other) => !other.warns && haveOneName(other, rule))) return false
  // Order and lists are those of the values, which their texts do not have.
  if (textForm && textForm.form !== 'words') return false
  switch (rule.rule) {
    case 'min':
    case 'max':
      return type === 'datetime'
        ? rule.value instanceof Date
        : ((type === 'integer' || type === 'number') && typeof rule.value === 'number') ||
            (type === 'bigint' && typeof rule.value === 'bigint')
    case 'multiple_of':
      return type === 'integer' || type === 'number'
    case 'one_of':
      // A list takes the place of the column's type, which no warning does.
      return !rule.warns && rule.values.every((value) => !(value instanceof Date))
    default:
      return type === 'string'
  }
}

/** Whether the checks of two rules are called the same: those of the ends of texts have one name, whatever the ends are. */
function haveOneName(one: Rule, other: Rule): boolean {
  if (one.rule === 'length' && other.rule === 'length') {
    const isSame = (side: 'min' | 'max'): boolean => one[side] !== undefined && one[side] === other[side]
    return isSame('min') || isSame('max')
  }
  return one.rule === other.rule && argumentOf(one) === argumentOf(other)
}

function argumentOf(rule: Rule): string {
  switch (rule.rule) {
    case 'min':
    case 'max':
      return `${String(rule.exclusive)} ${rule.value instanceof Date ? rule.value.toISOString() : String(rule.value)}`
    case 'multiple_of':
      return String(rule.value)
    case 'pattern':
      return String(rule.pattern)
    case 'format':
      return rule.format
    default:
      return ''
  }
}

type ListRule = Extract<Rule, { rule: 'one_of' }>
type FormatRule = Extract<Rule, { rule: 'format' }>

function call(method: string, ...args: readonly unknown[]): Call {
  return { method, args }
}

/** A list of values. Other rules of the column are met by its values, or take them out of it. */
function listCalls(column: ColumnModel, { values }: ListRule, rules: readonly Rule[]): Call[] {
  const { textForm } = column
  if (textForm?.form === 'words') {
    return [
      call('coerce.string'),
      piped(
        call(
          'enum',
          values.flatMap((value) => wordsFor(value, textForm)),
        ),
      ),
    ]
  }
  const others = rules.filter(({ rule }) => rule !== 'one_of')
  const alone = schemaOf({ ...column, rules: others, nullable: false, optional: 'no', fallback: undefined })
  const left = others.length === 0 ? values : values.filter((value) => alone.safeParse(value).success)
  return [left.every((value) => typeof value === 'string') ? call('enum', left) : call('literal', left)]
}

/** The schema that rules are added to. Of what has a form in text tables it is one of texts. */
function baseCalls(column: ColumnModel, form: FormatRule | undefined): Call[] {
  const { textForm } = column
  if (!textForm) return [baseOf(column, form)]
  if (textForm.form !== 'words') {
    const pattern = call('regex', FORM_PATTERNS[textForm.form])
    return [call(textForm.form === 'year' ? 'coerce.string' : 'string'), pattern]
  }
  const { truthy, falsy } = textForm
  return [call('coerce.string'), piped(call('stringbool', { truthy, falsy, case: 'sensitive' }))]
}

function piped(inner: Call): Call {
  return { method: 'pipe', args: [], inner }
}

function baseOf({ type, jsonSchema }: ColumnModel, form: FormatRule | undefined): Call {
  if (jsonSchema) return call('fromJSONSchema', jsonSchema)
  switch (type) {
    case 'string':
      return form ? formatCall(form) : call('string')
    case 'integer':
      return call('int')
    case 'datetime':
      return call('date')
    default:
      return call(type)
  }
}

function formatCall({ format }: FormatRule): Call {
  const method = FORMATS.get(format) ?? 'string'
  return method === 'iso.datetime' ? call(method, { offset: true }) : call(method)
}

function ruleCalls(rule: Rule): Call[] {
  switch (rule.rule) {
    case 'min':
    case 'max': {
      const { value, exclusive } = rule
      if (!exclusive) return [call(rule.rule, value)]
      const method = rule.rule === 'min' ? 'gt' : 'lt'
      return value instanceof Date ? [{ method: 'check', args: [], inner: call(method, value) }] : [call(method, value)]
    }
    case 'multiple_of':
      return [call('multipleOf', rule.value)]
    case 'length':
      if (rule.min !== undefined && rule.min === rule.max) return [call('length', rule.min)]
      return [
        ...(rule.min === undefined ? [] : [call('min', rule.min)]),
        ...(rule.max === undefined ? [] : [call('max', rule.max)]),
      ]
    case 'pattern':
      return [call('regex', rule.python === undefined ? rule.pattern : new PythonPattern(rule))]
    case 'starts_with':
      return [call('startsWith', rule.text)]
    case 'ends_with':
      return [call('endsWith', rule.text)]
    case 'includes':
      return [call('includes', rule.text)]
    case 'format':
      // The first is the schema itself.
      return [{ method: 'check', args: [], inner: formatCall(rule) }]
    default:
      return []
  }
}

/** A pattern of Python in JavaScript's form, which source text writes as it stood. */
export class PythonPattern {
  readonly pattern: RegExp
  readonly python: string
  readonly anchoring: Anchoring

  constructor({ pattern, python = pattern.source, anchoring = 'search' }: PatternRule) {
    this.pattern = pattern
    this.python = python
    this.anchoring = anchoring
  }
}

/** The schema of a column. */
export function schemaOf(column: ColumnModel): z.ZodType {
  let made: unknown = z
  for (const { method, args, inner } of callsOf(column)) {
    const given = inner ? [apply(z, inner.method, inner.args)] : args
    made = apply(made, method, given)
  }
  return made as z.ZodType
}

function apply(target: unknown, method: string, args: readonly unknown[]): unknown {
  const path = method.split('.')
  const name = path.at(-1) as string
  const owner = path.slice(0, -1).reduce((from, key) => (from as Record<string, unknown>)[key], target)
  const called = (owner as Record<string, (...args: unknown[]) => unknown>)[name]
  return called?.apply(
    owner,
    args.map((arg) => (arg instanceof PythonPattern ? arg.pattern : arg)),
  )
}
