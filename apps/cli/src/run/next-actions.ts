import type { AnyReport } from '@dayshift/core'
import type { SkippedStep } from '../command.ts'
import type { DatasetDefinition } from '../define-project.ts'
import type { Project } from '../project.ts'
import { shellQuoted } from '../render/shell-quoted.ts'

/** Actions that are told. */
const MOST = 3

/** What became of a dataset, as far as it tells what to do. */
interface Became {
  readonly name: string
  readonly reports: readonly AnyReport[]
  readonly skipped: readonly SkippedStep[]
}

/**
 * What a person does next after a run, most pressing first: commands, each with what it is for. None where all holds and nothing
 * is missing.
 */
export function nextActions(project: Project, datasets: readonly Became[]): string[] {
  const failed = datasets.flatMap(({ name, reports }) =>
    reports.filter(({ status }) => status === 'fail').map((report) => afterFailure(name, report, project)),
  )
  const warned = datasets.flatMap(({ name, reports }) =>
    reports.filter(({ status, kind }) => status === 'warn' && kind === 'drift').map(() => afterDrift(name, project)),
  )
  const missing = datasets
    .filter(({ skipped }) => skipped.some(({ step, reason }) => step === 'validate' && reason === 'no contract'))
    .map(
      ({ name }) =>
        `dayshift infer ${shellQuoted(name)} --out ${shellQuoted(`contracts/${name}.ts`)}   # a contract for it`,
    )
  return [...failed, ...warned, ...missing].slice(0, MOST)
}

function afterFailure(name: string, { kind }: AnyReport, project: Project): string {
  const word = shellQuoted(name)
  switch (kind) {
    case 'validate':
      return `dayshift validate ${word} --failures failures.csv   # every row that fails; mend the data, then dayshift run`
    case 'prototype':
      return `dayshift prototype ${word} --verbose   # what the ETL makes of the sample`
    case 'freshness':
      return `dayshift freshness ${word} --verbose   # fetch the data anew, then dayshift run`
    case 'drift':
      return afterDrift(name, project)
    case 'version':
    case 'register':
    case 'log':
      return `dayshift run ${word} --only ${kind} --verbose`
  }
  return `dayshift run ${word} --verbose`
}

function afterDrift(name: string, { datasets }: Project): string {
  const { drift } = datasets[name] as DatasetDefinition
  const reference = drift ? drift.reference : ''
  const isVersion = reference === '' || reference === 'previous' || reference.startsWith('@')
  return isVersion
    ? `dayshift run ${shellQuoted(name)} --only drift --verbose   # both sides, column by column`
    : `dayshift drift ${shellQuoted(reference)} ${shellQuoted(name)}   # both sides, column by column`
}
