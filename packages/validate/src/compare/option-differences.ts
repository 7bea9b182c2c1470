import { columnsOf } from '../checks/object.ts'
import { rulesOf, type ColumnRules } from '../checks/rules.ts'
import type { ColumnOptions } from '../column.ts'
import type { Contract } from '../contract.ts'
import { difference, harmless, listed, type Difference } from './difference.ts'
import { strictnessDifferences } from './strictness-differences.ts'

/** How the options of columns differ that both contracts have; their markers of missing values are looked at elsewhere. */
export function optionDifferences(before: Contract, after: Contract): Difference[] {
  const old = new Map(columnsOf(before.columns))
  return columnsOf(after.columns).flatMap(([name, schema]) => {
    const was = old.get(name)
    if (was === undefined) return []
    const options = [before.options[name] ?? {}, after.options[name] ?? {}] as const
    return ofColumn(name, ...options, rulesOf(name, was), rulesOf(name, schema))
  })
}

function ofColumn(
  name: string,
  old: ColumnOptions,
  now: ColumnOptions,
  rulesWere: ColumnRules,
  rules: ColumnRules,
): Difference[] {
  const [bannedWas, bannedIs] = [old.forbidden ?? [], now.forbidden ?? []]
  const came = bannedIs.filter((value) => !bannedWas.includes(value))
  const went = bannedWas.filter((value) => !bannedIs.includes(value))
  return [
    ...(came.length > 0 ? [difference('tighter', `'${name}' may not be ${listed(came)}`, name)] : []),
    ...(went.length > 0 ? [difference('looser', `'${name}' may be ${listed(went)} again`, name)] : []),
    ...(old.physicalType === now.physicalType ? [] : [physicalDifference(name, old.physicalType, now.physicalType)]),
    ...coercion(name, old.coerce ?? false, now.coerce ?? false),
    ...strictnessDifferences(`'${name}'`, old, now, name),
    ...warningDifferences(name, old, now, rulesWere, rules),
    ...privacy(name, old.pii ?? false, now.pii ?? false),
  ]
}

function physicalDifference(name: string, was: string | undefined, is: string | undefined): Difference {
  if (is === undefined) return difference('looser', `'${name}' need not be stored as ${was} any more`, name)
  return difference(was === undefined ? 'tighter' : 'other', `'${name}' must be stored as ${is}`, name)
}

/** Texts of such a file were no numbers or days, or were some. */
function coercion(name: string, was: boolean, is: boolean): Difference[] {
  if (was === is) return []
  return is
    ? [difference('looser', `'${name}' may be stored as text`, name)]
    : [difference('tighter', `'${name}' may not be stored as text any more`, name)]
}

/** Checks whose failures are warnings, of those that both contracts make; where all of a column's are, nothing of it matters. */
function warningDifferences(
  name: string,
  old: ColumnOptions,
  now: ColumnOptions,
  rulesWere: ColumnRules,
  rules: ColumnRules,
): Difference[] {
  if (old.severity === 'warn' || now.severity === 'warn') return []
  const [was, is] = [old.warnings ?? [], now.warnings ?? []]
  // Of code the checks are not all known.
  const both = (check: string): boolean =>
    [rulesWere, rules].every(({ plain, checks }) => plain === undefined || checks.includes(check))
  const came = is.filter((check) => !was.includes(check) && both(check))
  const went = was.filter((check) => !is.includes(check) && both(check))
  return [
    ...came.map((check) => difference('looser', `'${name}' ${check}: failures are of severity warn, not error`, name)),
    ...went.map((check) => difference('tighter', `'${name}' ${check}: failures are of severity error, not warn`, name)),
  ]
}

function privacy(name: string, was: boolean, is: boolean): Difference[] {
  if (was === is) return []
  return [harmless(is ? `reports hide the values of '${name}'` : `reports show the values of '${name}'`, name)]
}
