import { columnsOf } from '../checks/object.ts'
import { rulesOf, type ColumnRules } from '../checks/rules.ts'
import type { Contract } from '../contract.ts'
import { cellDecoder, markersOf } from '../judge/decode.ts'
import { difference, harmless, listed, type Change, type Difference } from './difference.ts'

/** What it does to a column that a cell begins or ceases to mean "no value"; nothing where the cell fails both ways. */
type Effect = Change | 'none'

/** A marker of some columns that came or went. */
interface Move {
  readonly came: boolean
  readonly marker: string
  readonly effect: Effect
}

/** How the cells of text tables that mean "no value" differ, of columns that both contracts have. */
export function markerDifferences(before: Contract, after: Contract): Difference[] {
  const old = new Map(columnsOf(before.columns))
  const columns = columnsOf(after.columns).flatMap(([name, schema]) => {
    const was = old.get(name)
    const rules = [was ?? schema, schema].map((one) => rulesOf(name, one)) as [ColumnRules, ColumnRules]
    // A column of another kind has other markers by that alone.
    return was === undefined || rules[0].kind !== rules[1].kind ? [] : [[name, ...rules] as const]
  })
  // What is said once of the whole table is told once.
  const groups = new Map<string, { readonly moves: readonly Move[]; readonly names: string[] }>()
  for (const [name, was, is] of columns) {
    const moves = movesOf(markersFor(before, was), markersFor(after, is), was, is)
    for (const some of [moves.filter(({ came }) => came), moves.filter(({ came }) => !came)]) {
      if (some.length === 0) continue
      const key = JSON.stringify(some)
      const group = groups.get(key) ?? { moves: some, names: [] }
      group.names.push(name)
      groups.set(key, group)
    }
  }
  return [...groups.values()].map(({ moves, names }) => differenceOf(moves, names))
}

function markersFor({ options, missing }: Contract, { column, kind }: ColumnRules): ReadonlySet<string> {
  return markersOf(kind, options[column]?.missing ?? missing)
}

function movesOf(was: ReadonlySet<string>, is: ReadonlySet<string>, old: ColumnRules, now: ColumnRules): Move[] {
  const came = [...is].filter((marker) => marker !== '' && !was.has(marker))
  const went = [...was].filter((marker) => marker !== '' && !is.has(marker))
  return [
    ...came.map((marker) => ({ came: true, marker, effect: effectOf(isValue(marker, old), now.acceptsMissing) })),
    ...went.map((marker) => ({
      came: false,
      marker,
      effect: turned(effectOf(isValue(marker, now), old.acceptsMissing)),
    })),
  ]
}

/** What it does that a cell begins to mean "no value". */
function effectOf(wasValue: boolean, acceptsMissing: boolean): Effect {
  if (wasValue) return acceptsMissing ? 'other' : 'tighter'
  return acceptsMissing ? 'looser' : 'none'
}

function turned(effect: Effect): Effect {
  if (effect === 'tighter') return 'looser'
  return effect === 'looser' ? 'tighter' : effect
}

/** Whether a cell is a value of the kind that a column takes. */
function isValue(marker: string, { kind }: ColumnRules): boolean {
  return kind === 'string' || kind === 'any' || typeof cellDecoder(kind, [])(marker) !== 'string'
}

function differenceOf(moves: readonly Move[], names: readonly string[]): Difference {
  const cells = listed(moves.map(({ marker }) => marker))
  const verb = moves.length === 1 ? 'means' : 'mean'
  const words = moves[0]?.came ? `${cells} ${verb} "no value"` : `${cells} ${verb} "no value" no more`
  const where = names.map((name) => `'${name}'`).join(', ')
  const column = names.length === 1 ? names[0] : undefined
  const [effect = 'none', ...others] = new Set(moves.map((move) => move.effect).filter((one) => one !== 'none'))
  const message = `in ${where} ${words}`
  return effect === 'none'
    ? harmless(message, column)
    : difference(others.length > 0 ? 'other' : effect, message, column)
}
