import type { AnyReport } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import type { Terminal } from '../terminal.ts'
import { driftDetails } from './drift.ts'
import { freshnessDetails } from './freshness.ts'
import { prototypeDetails } from './prototype.ts'
import { wrap } from './table.ts'
import { validateDetails } from './validate.ts'
import { count, printable } from './words.ts'

/** What a report says beyond its summary, as lines. */
export function detailsOf(report: AnyReport, terminal: Terminal, verbose = false): string[] {
  switch (report.kind) {
    case 'prototype':
      return prototypeDetails(report.facts, terminal.columns, verbose)
    case 'validate':
      return validateDetails(report, terminal, verbose)
    case 'version':
      return report.facts.files.map(({ path, hash, bytes }) => `  ${printable(path)}  ${hash}  ${formatSize(bytes)}`)
    case 'register':
      return [`  ${report.facts.catalog}`, `  id ${report.facts.id}`]
    case 'log': {
      const { numRows, columnNames, delivered, spooled } = report.facts
      const rows = numRows === null ? '' : `${count(numRows, 'row')}, `
      return [
        ...wrap(
          columnNames.map(printable).join(', '),
          terminal.columns,
          `  ${rows}${count(columnNames.length, 'column')}: `,
        ),
        `  delivered to ${delivered.join(', ') || 'nobody'}${spooled > 0 ? `; ${count(spooled, 'event')} kept for later` : ''}`,
      ]
    }
    case 'freshness':
      return freshnessDetails(report.facts, terminal.columns)
    case 'drift':
      return driftDetails(report.facts, terminal.columns, verbose)
  }
  return []
}
