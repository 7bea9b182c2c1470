import type { ColumnEdge } from '../graph.ts'
import type { Walk } from '../walk.ts'

/** A walk's edges as CSV, for impact analysis in a spreadsheet. */
export function csvOf({ edges }: Walk): string[] {
  return [
    line(['from_kind', 'from_namespace', 'from_name', 'to_kind', 'to_namespace', 'to_name']),
    ...edges.map(({ from, to }) => line([...(JSON.parse(from) as string[]), ...(JSON.parse(to) as string[])])),
  ]
}

/** Column edges as CSV. Where a column decides about all columns of a dataset, `to_field` is empty. */
export function columnCsvOf(edges: readonly ColumnEdge[]): string[] {
  return [
    line(['from_namespace', 'from_name', 'from_field', 'to_namespace', 'to_name', 'to_field', 'type', 'subtype']),
    ...edges.map(({ from, to, type, subtype = '' }) =>
      line([from.namespace, from.name, from.field, to.namespace, to.name, to.field ?? '', type, subtype]),
    ),
  ]
}

/** As RFC 4180 has it; what a spreadsheet would take for a formula is quoted with an apostrophe. */
function line(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}
