import type { AnyReport, DayshiftError, SinkOutcome, Status } from '@dayshift/core'
import { withoutSecrets, worst } from '@dayshift/core/ground'
import type { RunDataset, SkippedStep } from './command.ts'
import { printableJson } from './render/words.ts'

/** The JSON document that every command prints: a contract. */
export interface Document {
  readonly dayshift: string
  readonly command: string
  readonly status: Status | 'error'
  readonly exitCode: number
  readonly durationMs: number
  readonly reports: readonly AnyReport[]
  readonly skipped?: readonly SkippedStep[]
  /** Of a workflow: its datasets. */
  readonly datasets?: readonly RunDataset[]
  /** What to do next, as commands. */
  readonly next?: readonly string[]
  readonly plan?: readonly string[]
  readonly result?: unknown
  /** Who was told, where somebody is. */
  readonly sinks?: readonly SinkOutcome[]
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string; readonly where?: string }
}

/** The status of reports together. */
export function statusOfReports(reports: readonly AnyReport[]): Status {
  return worst(reports.map(({ status }) => status))
}

/** An error as the document shows it. */
export function errorField(error: DayshiftError): NonNullable<Document['error']> {
  const { code, message, hint, where } = error
  return {
    code,
    message: withoutSecrets(message),
    hint: withoutSecrets(hint),
    ...(where === undefined ? {} : { where: withoutSecrets(where) }),
  }
}

/** A document as JSON: numbers that JSON cannot hold become strings. No character of it is one that a terminal obeys. */
export function toJson(value: unknown, indent?: number): string {
  return printableJson(
    JSON.stringify(
      value,
      (_key, item: unknown) =>
        typeof item === 'bigint' || (typeof item === 'number' && !Number.isFinite(item)) ? String(item) : item,
      indent,
    ),
  )
}
