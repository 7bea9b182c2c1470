import type { FactRow, Report } from '@dayshift/core'
import { formatDuration } from '@dayshift/core/ground'
import { profileTable } from './profile.ts'
import { clip, table, width, wrap } from './table.ts'
import { cell, count, printable } from './words.ts'

type Facts = Report<'prototype'>['facts']

/** Names and columns that are told where not all are asked for. */
const MOST = 20

/** Fewer rows say nothing of the time that all of them take: most of it passes before the first. */
const TELLING = 1000

/** Longest cell. */
const CELL = 24

/** A prototype report in one line. */
export function prototypeSummary({ sampledRows, outputRows, added, sample, ...facts }: Facts): string {
  const of =
    sample.sourceRows === undefined
      ? `the first ${count(sampledRows, 'row')} taken`
      : `${sampledRows.toLocaleString('en-US')} of ${rowsOf(facts)} sampled`
  const columns = added.length > 0 ? `, ${count(added.length, 'column')} added` : ''
  return `${of}, ${outputRows.toLocaleString('en-US')} came out${columns}`
}

/** What a prototype report says beyond its summary, as lines. */
export function prototypeDetails(facts: Facts, to: number, verbose: boolean): string[] {
  const most = verbose ? Infinity : MOST
  return [
    ...about(facts, most).flatMap(([label, text]) => wrap(text, to, `  ${label.padEnd(9)}`)),
    ...headTable(facts, to, verbose),
    ...(facts.profile.length > 0
      ? ['', '  profile of the output', ...profileTable(facts.profile.slice(0, most), '  ', to)]
      : []),
    ...(facts.profile.length > most ? [`  … ${count(facts.profile.length - most, 'more column')}; -v shows all`] : []),
    ...(facts.out === undefined ? [] : ['', `  written to ${facts.out}`]),
  ]
}

function about(facts: Facts, most: number): [label: string, text: string][] {
  const { sample, seed, added, dropped, retyped, nullsIntroduced, outputRows } = facts
  const list = (words: readonly string[]): string => {
    const more = words.length > most ? ` … ${words.length - most} more` : ''
    return words.slice(0, most).map(printable).join(', ') + more
  }
  const edges = sample.edgeRows === undefined ? '' : `; ${sample.edgeRows.toLocaleString('en-US')} of them at edges`
  const lines: [string, string][] = [
    ['sample', `${facts.method}${sample.plan.kind === 'head' ? '' : `; seed ${seed}`}${edges}`],
    ['added', list(added)],
    ['dropped', list(dropped)],
    ['retyped', list(retyped.map(({ name, from, to }) => `${name} ${from} → ${to}`))],
    [
      'nulls',
      list(
        nullsIntroduced.map(({ name, before, after }) => {
          const was = before === null ? '' : `${before.toLocaleString('en-US')} → `
          return `${name} ${was}${after.toLocaleString('en-US')} of ${count(outputRows, 'row')}`
        }),
      ),
    ],
    ['time', timeOf(facts)],
  ]
  return lines.filter(([, text]) => text !== '')
}

function timeOf({ etlMs, estimatedFullMs, sampledRows, ...facts }: Facts): string {
  if (etlMs < 1) return ''
  const took = `the ETL took ${formatDuration(etlMs / 1000)}`
  const told = estimatedFullMs !== undefined && sampledRows >= TELLING && sampledRows < facts.rows
  return told ? `${took}, about ${formatDuration(estimatedFullMs / 1000)} on all ${rowsOf(facts)}` : took
}

function rowsOf({ rows, rowsEstimated }: Pick<Facts, 'rows' | 'rowsEstimated'>): string {
  return `${rowsEstimated ? '≈' : ''}${count(rows, 'row')}`
}

/** The first rows, in as many columns as there is room for. */
function headTable({ head, columns }: Facts, to: number, verbose: boolean): string[] {
  if (head.length === 0) return []
  const names = columns.map(({ name }) => name)
  const shown = verbose ? names : fitting(names, head, to)
  const longest = verbose ? Infinity : CELL
  const rows = [shown.map(printable), ...head.map((row) => shown.map((name) => cell(row[name])))]
  const left = names.length - shown.length
  return [
    '',
    `  first ${count(head.length, 'row')}${left > 0 ? `, ${shown.length} of ${count(names.length, 'column')}; -v shows all` : ''}`,
    ...table(
      rows.map((row) => row.map((text) => clip(text, longest))),
      '  ',
    ),
  ]
}

function fitting(names: readonly string[], head: readonly FactRow[], to: number): string[] {
  let room = to
  return names.filter((name) => {
    const widths = [name, ...head.map((row) => cell(row[name]))].map((text) => width(clip(text, CELL)))
    room -= Math.max(...widths) + 2
    return room >= 0
  })
}
