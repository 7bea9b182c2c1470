import { printable } from './words.ts'

/** Text that no Markdown is made of; nobody is notified by what stands behind an @ in it. */
export function markdownText(value: string): string {
  return printable(value)
    .replaceAll(/[\\`*_[\]<#]/g, '\\$&')
    .replaceAll('@', '@<!-- -->')
}

/** The same in a cell of a table. */
export function markdownCell(value: string): string {
  return markdownText(value).replaceAll('|', '\\|')
}

/** Text as code. */
export function markdownCode(value: string): string {
  const shown = printable(value)
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = shown.startsWith('`') || shown.endsWith('`') || shown.trim() === '' ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}
