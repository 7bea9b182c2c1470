import type { CheckDef } from '../checks/check-def.ts'
import { nameOf } from '../checks/check-name.ts'
import { limitsOf } from '../checks/limits.ts'
import type { ColumnRules } from '../checks/rules.ts'
import { difference, type Difference } from './difference.ts'

/** What does not tell what a check takes: its words, and whether others run after it. */
const SILENT: ReadonlySet<string> = new Set('error abort when fn tx def'.split(' '))

/** Differences of what checks of the same name are given, of whole numbers, and of texts that are changed before they are checked. */
export function checkDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  return [
    ...numberDifferences(name, old, now),
    ...argumentDifferences(name, old, now),
    ...changeDifferences(name, old, now),
  ]
}

/** The kinds of numbers that formats take, each with those that it holds. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  number: ['safeint', 'int32', 'uint32', 'float32', 'float64'],
  float64: ['number', 'safeint', 'int32', 'uint32', 'float32'],
  safeint: ['int32', 'uint32'],
}

/** What formats of numbers are called. */
const WORDS: Readonly<Record<string, string>> = {
  number: 'any finite number',
  float64: 'any finite number',
  safeint: 'whole numbers',
}

function numberDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const [before, after] = [numbersOf(old), numbersOf(now)]
  if (before === undefined || after === undefined) return []
  if (before === after || (WITHIN[before]?.includes(after) && WITHIN[after]?.includes(before))) return []
  const change = WITHIN[before]?.includes(after) ? 'tighter' : WITHIN[after]?.includes(before) ? 'looser' : 'other'
  const words = `'${name}' takes ${WORDS[after] ?? after}, not ${WORDS[before] ?? before}`
  return [difference(change, words, name)]
}

/** The format of a column of numbers. */
function numbersOf({ plain, schema }: ColumnRules): string | undefined {
  if (plain?.type !== 'number') return undefined
  const formats = plain.checks.filter(({ check }) => check === 'number_format').map(({ format }) => String(format))
  return formats.length > 1
    ? formats.toSorted().join(' and ')
    : (formats[0] ?? (limitsOf(schema).isInteger ? 'safeint' : 'number'))
}

/** Formats of the same name that are asked for in another way: of a version, a precision, a protocol. */
function argumentDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const [before, after] = [argumentsOf(old), argumentsOf(now)]
  return [...after].flatMap(([check, given]) => {
    const was = before.get(check)
    return was === undefined || was === given
      ? []
      : [
          difference(
            'other',
            `'${name}' is held to another ${check}: ${given || 'the usual one'}, not ${was || 'the usual one'}`,
            name,
          ),
        ]
  })
}

/** What formats and other checks with names are given, by their names. */
function argumentsOf({ plain }: ColumnRules): Map<string, string> {
  const found = new Map<string, string>()
  for (const def of plain?.checks ?? []) {
    const check = nameOf(def)
    if (def.check !== 'string_format' || check === undefined) continue
    const given = shown(def)
    const before = found.get(check)
    found.set(check, before === undefined ? given : [before, given].toSorted().join(' and '))
  }
  return found
}

/** What is told of a check elsewhere, or by its name. */
const NAMED: ReadonlySet<string> = new Set('check format type coerce checks'.split(' '))

function shown(def: CheckDef): string {
  return Object.entries(def)
    .filter(([key]) => !SILENT.has(key) && !NAMED.has(key))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, given]) => {
      if (given instanceof RegExp) return [`${key} /${given.source}/${given.flags}`]
      return typeof given === 'string' || typeof given === 'number' || given === true ? [`${key} ${String(given)}`] : []
    })
    .join(', ')
}

/** Texts that are trimmed, or made small: code that comes before the checks after it. */
function changeDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const [before, after] = [old, now].map(({ plain }) =>
    (plain?.checks ?? []).flatMap((def) => (def.check === 'overwrite' ? [String(def['tx'])] : [])).join(' ; '),
  )
  if (before === after) return []
  return [difference('other', `'${name}' is changed in another way before it is checked`, name)]
}
