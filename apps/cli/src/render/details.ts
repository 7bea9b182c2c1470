import { formatSize, type AnyReport, type Report } from '@dayshift/core'
import { prototypeDetails } from './prototype.ts'
import { table } from './table.ts'
import { cell, count, probability, short } from './words.ts'

/** What a report says beyond its summary, as lines. */
export function detailsOf(report: AnyReport, verbose = false): string[] {
  switch (report.kind) {
    case 'prototype':
      return prototypeDetails(report.facts, verbose)
    case 'validate':
      return validate(report.facts)
    case 'version':
      return report.facts.files.map(({ path, hash, bytes }) => `  ${path}  ${hash}  ${formatSize(bytes)}`)
    case 'register':
      return [`  ${report.facts.catalog}`, `  id ${report.facts.id}`]
    case 'log': {
      const { numRows, columnNames, delivered } = report.facts
      const rows = numRows === null ? '' : `${count(numRows, 'row')}, `
      return [
        `  ${rows}${count(columnNames.length, 'column')}: ${columnNames.join(', ')}`,
        `  delivered to ${delivered.join(', ') || 'nobody'}`,
      ]
    }
    case 'freshness':
      return report.facts.newest === null ? [] : [`  newest: ${report.facts.newest}`]
    case 'drift':
      return drift(report.facts)
  }
  return []
}

function validate({ checks, failuresFile, goodFile, badFile }: Report<'validate'>['facts']): string[] {
  const lines = checks
    .filter(({ failed, ranAs }) => failed > 0 && ranAs !== 'metadata')
    .flatMap(({ id, failed, evaluated, examples, passed, mostly, observed, expected }) => {
      if (expected !== undefined)
        return [`  ${id}: ${observed === null ? 'no value' : cell(observed ?? null)}, expected ${expected}`]
      const more = failed - examples.length
      const tolerated =
        mostly === undefined ? '' : `, ${passed ? 'tolerated' : 'too many'}: ${mostly * 100} % must pass`
      return [
        `  ${id}: ${failed.toLocaleString('en-US')} of ${count(evaluated, 'row')}${tolerated}`,
        ...table(
          examples.map(({ row, line, value, message }) => [
            line === undefined ? `row ${row}` : `row ${row} (line ${line})`,
            value === null ? 'no value' : cell(value),
            message,
          ]),
          '    ',
        ),
        ...(more > 0 ? [`    … ${more.toLocaleString('en-US')} more; --failures FILE writes all`] : []),
      ]
    })
  if (failuresFile !== undefined) lines.push(`  failures written to ${failuresFile}`)
  if (goodFile !== undefined) lines.push(`  rows that break nothing written to ${goodFile}`)
  if (badFile !== undefined) lines.push(`  rows that break a check written to ${badFile}`)
  return lines
}

function drift({ columns, referenceRows, currentRows }: Report<'drift'>['facts']): string[] {
  const lines = [`  reference ${count(referenceRows, 'row')}, current ${count(currentRows, 'row')}`]
  if (columns.length === 0) return lines
  const head = ['column', 'detector', 'statistic', 'p', 'adjusted p', 'median before', 'after', '']
  const rows = columns.map(({ column, detector, statistic, pValue, adjustedPValue, reference, current, drifted }) => [
    column,
    detector,
    short(statistic),
    pValue === undefined ? '' : probability(pValue),
    adjustedPValue === undefined ? '' : probability(adjustedPValue),
    reference.quartiles ? short(reference.quartiles[1]) : '',
    current.quartiles ? short(current.quartiles[1]) : '',
    drifted ? 'drifted' : '',
  ])
  return [...lines, ...table([head, ...rows], '  ')]
}
