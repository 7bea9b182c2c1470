import { withoutSecrets } from '@dayshift/core'
import { refinesRows } from './checks.ts'
import type { Strictness } from './column.ts'
import type { Contract } from './contract.ts'
import { difference, type Difference } from './difference.ts'
import { strictnessDifferences } from './strictness-differences.ts'
import { isRowCheck, type Reference, type TableCheck } from './table-check.ts'

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
    ...now
      .filter((rule) => !among(old, rule))
      .map(({ words }) => difference('tighter', `there is a new rule: ${words}`)),
    ...old.filter((rule) => !among(now, rule)).map(({ words }) => difference('looser', `a rule is gone: ${words}`)),
    ...now.flatMap((rule) => {
      const was = among(old, rule)
      return was ? strictnessDifferences(rule.words, was, rule) : []
    }),
  ]
}

function rulesOfTable(contract: Contract): TableRule[] {
  const plain = [
    ...contract.patterns.map(({ name }) => `columns like ${String(name)}`),
    ...(contract.rows === undefined ? [] : [`rows ${JSON.stringify(contract.rows)}`]),
    ...(contract.ordered ? ['the order of columns'] : []),
    ...(contract.extra === 'forbid' ? ['no other columns'] : []),
    ...(refinesRows(contract.columns) ? ['refinements of rows'] : []),
  ]
  return [
    ...contract.unique.map((key) => ({ ...strictnessOf(key), words: `unique ${key.columns.join(' + ')}` })),
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
  const { severity: _severity, ...asked } = check
  return JSON.stringify(asked)
}
