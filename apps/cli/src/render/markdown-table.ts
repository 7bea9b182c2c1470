/** What a column has more room for than its title, as DVC prints it. */
const PADDING = 2

/** A table in Markdown, its columns padded as DVC's are. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) =>
    Math.max(title.length + PADDING, ...rows.map((row) => (row[at] as string).length)),
  )
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] as number)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)]
}
