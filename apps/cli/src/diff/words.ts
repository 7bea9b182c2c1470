import { formatSize } from '@dayshift/core/ground'
import { count, percent, probability, short } from '../render/words.ts'
import { verdictWords } from '../render/verdict.ts'
import type { DatasetDiff } from './dataset-diff.ts'

/** What differs, in one line: `schema: 1 change; rows: 12 added, 3 changed; contract: pass → fail`. */
export function diffSummary({ before, after, differs, schema, rows, contract, drift }: DatasetDiff): string {
  if (!differs) return 'no difference'
  const apart = verdictsApart(contract)
  const drifted = drift?.facts.driftedColumns ?? []
  return [
    before.absent ? 'a new dataset, of which there is no version before' : '',
    after.absent ? 'there is no version of it any more' : '',
    schema && schema.length > 0 ? `schema: ${count(schema.length, 'change')}` : '',
    rows && rows.added + rows.removed + rows.changed > 0 ? `rows: ${rowWords(rows)}` : '',
    apart === undefined ? '' : `contract: ${apart}`,
    drifted.length > 0 ? `drift: ${count(drifted.length, 'column')}` : '',
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/** What a contract says of both sides, where it says it of both and not the same; of a side that is alone, what it says of that. */
function verdictsApart(contract: DatasetDiff['contract']): string | undefined {
  const [before, after] = [contract?.before?.status, contract?.after?.status]
  if (before === after) return undefined
  return before === undefined || after === undefined ? (after ?? before) : `${before} → ${after}`
}

/** `12 added, 1 removed, 3 changed`; what there is none of is left out. */
export function rowWords({ added, removed, changed }: NonNullable<DatasetDiff['rows']>): string {
  const parts = [
    [added, 'added'],
    [removed, 'removed'],
    [changed, 'changed'],
  ] as const
  const told = parts.flatMap(([number, verb]) => (number > 0 ? [`${number.toLocaleString('en-US')} ${verb}`] : []))
  return told.length > 0 ? told.join(', ') : 'no difference'
}

/** The sides in numbers: a name, what it was, what it is, and how far that is apart. */
export function sizeRows({ before, after, rows, contract, drift }: DatasetDiff): string[][] {
  const compared = new Set(drift?.facts.columns.map(({ column }) => column)).size
  return [
    ...(rows
      ? [['rows', whole(rows.beforeRows), whole(rows.afterRows), change(rows.beforeRows, rows.afterRows, whole)]]
      : []),
    ['columns', whole(before.columns), whole(after.columns), change(before.columns, after.columns, whole)],
    ['size', formatSize(before.bytes), formatSize(after.bytes), change(before.bytes, after.bytes, formatSize)],
    ...(contract
      ? [
          ['contract', ...sidesOf(contract, ({ checks }) => verdictWords(checks)), ''],
          [
            'rows that break it',
            ...sidesOf(contract, ({ failedRows }) => whole(failedRows)),
            contract.before && contract.after
              ? change(contract.before.failedRows, contract.after.failedRows, whole)
              : '',
          ],
        ]
      : []),
    ...(drift
      ? [['drift', '', `${drift.facts.driftedColumns.length} of ${count(compared, 'column')} drifted`, '']]
      : []),
  ]
}

type ContractDiff = NonNullable<DatasetDiff['contract']>

function sidesOf(
  { before, after }: ContractDiff,
  words: (verdict: NonNullable<ContractDiff['before']>) => string,
): [string, string] {
  return [before ? words(before) : '–', after ? words(after) : '–']
}

function sides([before, after]: readonly [number, number]): string {
  return `${count(before, 'row')} before, ${whole(after)} now`
}

/** What is said of keys that do not name one row. */
export function oddWords({ key, odd }: NonNullable<DatasetDiff['rows']>): string[] {
  if (!odd) return []
  const { nulls, repeated, repeatedRows } = odd
  const names = key.join(', ')
  return [
    ...(repeated > 0
      ? [
          `${count(repeated, 'value')} of the key ${names} ${repeated === 1 ? 'names' : 'name'} several rows (${sides(repeatedRows)})`,
        ]
      : []),
    ...(nulls[0] + nulls[1] > 0 ? [`the key ${names} is missing in ${sides(nulls)}`] : []),
  ].map((told) => `${told}: these rows are compared whole`)
}

/** How rows were told apart. */
export function keyWords({ key, compared, asText }: NonNullable<DatasetDiff['rows']>): string[] {
  const by =
    key.length > 0
      ? `rows are paired by ${key.join(', ')}`
      : 'without --key rows are compared whole: a changed row is one removed and one added'
  return [
    by,
    `${count(compared.length, 'column')} compared`,
    ...(asText.length > 0 ? [`${asText.join(', ')} as text, since the types differ`] : []),
  ]
}

/** Columns that drifted: name, detector, effect, p, and what happened. */
export function driftRows({ drift }: DatasetDiff): string[][] {
  const columns = drift?.facts.columns.filter(({ drifted }) => drifted) ?? []
  return columns.map(({ column, detector, effect, statistic, adjustedPValue, detail = '' }) => [
    column,
    detector,
    short(effect ?? statistic),
    adjustedPValue === undefined ? '' : probability(adjustedPValue),
    detail,
  ])
}

/** Checks whose verdict changed: the check, what came of it before and now. */
export function checkRows({ contract }: DatasetDiff): string[][] {
  if (!contract) return []
  const { before, after, broken, mended } = contract
  return [...broken, ...mended].map((id) => [id, failedOf(before, id), failedOf(after, id)])
}

function failedOf(verdict: ContractDiff['before'], id: string): string {
  const check = verdict?.checks.find((one) => one.id === id)
  if (!check) return ''
  if (check.passed) return 'holds'
  return check.ranAs === 'metadata' || check.expected !== undefined
    ? 'fails'
    : `${whole(check.failed)} of ${count(check.evaluated, 'row')}`
}

function whole(number: number): string {
  return number.toLocaleString('en-US')
}

function change(before: number, after: number, words: (number: number) => string): string {
  if (before === after) return ''
  const sign = after > before ? '+' : '−'
  const share = before === 0 ? '' : ` (${sign}${percent(Number((Math.abs(after - before) / before).toPrecision(2)))})`
  return `${sign}${words(Math.abs(after - before))}${share}`
}
