import type { AnyReport, Report } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import { freshnessSummary } from './freshness.ts'
import { prototypeSummary } from './prototype.ts'
import { verdictWords } from './verdict.ts'
import { count } from './words.ts'

/** What a report says, in one line. */
export function summaryOf(report: AnyReport): string {
  switch (report.kind) {
    case 'prototype':
      return prototypeSummary(report.facts)
    case 'validate':
      return validate(report.facts)
    case 'version':
      return version(report.facts)
    case 'register': {
      const { created, changed, revision } = report.facts
      if (created) return 'entered into the catalog'
      return changed.length > 0
        ? `revision ${revision}: ${changed.join(', ')} changed`
        : `unchanged, revision ${revision}`
    }
    case 'log': {
      const { eventType, job, runId } = report.facts
      return `${eventType} of ${job.namespace}.${job.name}, run ${runId}`
    }
    case 'freshness':
      return freshnessSummary(report.facts)
    case 'drift': {
      const { columns, driftedColumns, undecidedColumns = [] } = report.facts
      const compared = new Set(columns.map(({ column }) => column)).size
      const names = driftedColumns.length > 0 ? `: ${driftedColumns.join(', ')}` : ''
      return `${driftedColumns.length} of ${count(compared, 'column')} drifted${names}${undecidedColumns.length > 0 ? `; too few rows for ${undecidedColumns.length}` : ''}`
    }
  }
  return ''
}

function validate({ rows, failedRows, checks }: Report<'validate'>['facts']): string {
  if (failedRows === 0 && checks.every(({ passed }) => passed))
    return `${count(checks.length, 'check')} hold on ${count(rows, 'row')}`
  return `${verdictWords(checks)}, ${failedRows.toLocaleString('en-US')} of ${count(rows, 'row')} affected`
}

function version({ files, commit, tag, pushed = [] }: Report<'version'>['facts']): string {
  const several = `${files.length} paths, ${files.filter(({ changed }) => changed).length} changed`
  const parts = files.map(({ hash, bytes, nfiles, changed }) => {
    const inside = nfiles === undefined ? '' : `, ${count(nfiles, 'file')}`
    return `${hash} (${formatSize(bytes)}${inside})${changed ? '' : ' unchanged'}`
  })
  const made = [
    commit === undefined ? [] : [`commit ${commit.slice(0, 7)}`],
    tag === undefined ? [] : [`tag ${tag}`],
    pushed.map(({ remote, objects }) => `${count(objects, 'object')} pushed to ${remote}`),
  ].flat()
  return [files.length > 1 ? several : parts.join('; '), ...made].join(', ')
}
