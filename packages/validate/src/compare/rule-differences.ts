import { withoutSecrets } from '@dayshift/core'
import { refinesRows } from '../checks/object.ts'
import type { Strictness } from '../column.ts'
import type { Contract } from '../contract.ts'
import { difference, listed, type Difference } from './difference.ts'
import { strictnessDifferences } from './strictness-differences.ts'
import { measureName, rangeWords, valuesAsked } from '../expected.ts'
import { isMeasureCheck, isRefineCheck, isRowCheck, type Reference, type TableCheck } from '../table-check.ts'

/** A rule of a table, in words, and how strictly it is taken. */
interface TableRule extends Strictness {
  readonly words: string
}

/** How the rules of the table differ. */
export function ruleDifferences(before: Contract, after: Contract): Difference[] {
  const [old, now] = [before, after].map(rulesOfTable) as [TableRule[], TableRule[]]
  const among = (rules: readonly TableRule[], { words }: TableRule): TableRule | undefined =>
    rules.find((rule) => rule.words === words)
  return [
    ...rowCountDifferences(before, after),
    ...rowCodeDifferences(before, after),
    ...now
      .filter((rule) => !among(old, rule))
      .map(({ words }) => difference('tighter', `there is a new rule: ${inOneLine(words)}`)),
    ...old
      .filter((rule) => !among(now, rule))
      .map(({ words }) => difference('looser', `a rule is gone: ${inOneLine(words)}`)),
    ...now.flatMap((rule) => {
      const was = among(old, rule)
      return was ? strictnessDifferences(inOneLine(rule.words), was, rule) : []
    }),
  ]
}

/** As the ids of reports tell SQL. */
function inOneLine(words: string): string {
  return words.replaceAll(/\s+/g, ' ').trim()
}

/** How many rows there must be: each side by itself. */
function rowCountDifferences(before: Contract, after: Contract): Difference[] {
  const [old, now] = [before.rows ?? {}, after.rows ?? {}]
  return [
    ...sideDifferences('at least', old.min, now.min, (now.min ?? 0) > (old.min ?? 0)),
    ...sideDifferences('at most', old.max, now.max, (now.max ?? 0) < (old.max ?? 0)),
  ]
}

function sideDifferences(
  words: string,
  was: number | undefined,
  is: number | undefined,
  tighter: boolean,
): Difference[] {
  if (was === is) return []
  if (is === undefined) return [difference('looser', `there need not be ${words} ${rowsOf(was)} any more`)]
  if (was === undefined) return [difference('tighter', `there must be ${words} ${rowsOf(is)}`)]
  return [difference(tighter ? 'tighter' : 'looser', `there must be ${words} ${rowsOf(is)}, not ${was}`)]
}

function rowsOf(number: number | undefined): string {
  return `${number} row${number === 1 ? '' : 's'}`
}

/** Code cannot be compared: where both refine rows, it may be in another way. */
function rowCodeDifferences(before: Contract, after: Contract): Difference[] {
  if (before.columns === after.columns || !refinesRows(before.columns) || !refinesRows(after.columns)) return []
  return [difference('other', 'rows are checked by code, which cannot be compared')]
}

function rulesOfTable(contract: Contract): TableRule[] {
  const plain = [
    ...contract.patterns.map(({ name }) => `columns like ${String(name)}`),
    ...(contract.ordered ? ['the order of columns'] : []),
    ...(contract.extra === 'forbid' ? ['no other columns'] : []),
    ...(refinesRows(contract.columns) ? ['refinements of rows'] : []),
  ]
  return [
    ...contract.unique.map((key) => ({ ...strictnessOf(key), words: `unique ${key.columns.toSorted().join(' + ')}` })),
    ...contract.references.map((rule) => ({ ...strictnessOf(rule), words: referenceWords(rule) })),
    ...contract.checks.map((check) => ({ ...strictnessOf(check), words: checkWords(check) })),
    ...plain.map((words) => ({ words })),
  ]
}

function strictnessOf({ severity, mostly }: Strictness): Strictness {
  return { severity, mostly }
}

function referenceWords({ columns, to, on = columns, both }: Reference): string {
  const place = withoutSecrets(typeof to === 'string' ? to : to.dataset.name)
  const other = on.join() === columns.join() ? '' : ` (${on.join(' + ')})`
  return `${columns.join(' + ')} in ${place}${other}${both ? ', and the other way' : ''}`
}

function checkWords(check: TableCheck): string {
  if (isRowCheck(check)) {
    const asked = `${check.that.text}${check.when === undefined ? '' : ` when ${check.when.text}`}`
    return check.name === undefined ? asked : `${check.name} (${asked})`
  }
  // Code cannot be compared: of one name it is taken for the same.
  if (isRefineCheck(check)) return `${check.name} (code)`
  if (isMeasureCheck(check)) {
    const { column, measure, min, max, exclusiveMin = false, exclusiveMax = false } = check
    return `${column}: ${measureName(measure)} ${rangeWords(min, max, exclusiveMin, exclusiveMax)}`
  }
  const asked = valuesAsked(check)
  return `${check.column}: ${asked.check} ${listed(asked.list)}`
}
