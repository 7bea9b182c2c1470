import { createHash } from 'node:crypto'
import type { Alert, Sink, SinkOutcome } from '@dayshift/core'
import { filtered, webhookSink } from '@dayshift/core/alerts'
import { isDayshiftError, messageOf } from '@dayshift/core/ground'
import type { SinkDefinition } from '../define-project.ts'
import { failure } from '../codes.ts'
import type { Io } from '../io.ts'
import type { Project } from '../project.ts'
import { withVariables } from './environment.ts'
import { isOwnSink, sinkOf } from './sink-of.ts'

/** The sinks that are to be told, and those that cannot be. */
export interface ReadySinks {
  readonly sinks: readonly Sink[]
  readonly unready: readonly SinkOutcome[]
}

/** The sinks of a project. One that lacks a variable of the environment is no reason not to run. */
export function projectSinks({ sinks = {}, name: project }: Project, env: Io['env']): ReadySinks {
  const ready: Sink[] = []
  const unready: SinkOutcome[] = []
  for (const [name, definition] of Object.entries(sinks)) {
    try {
      const sink = sinkOf(name, isOwnSink(definition) ? definition : withVariables(definition, env))
      const part = filtered(sink, isOwnSink(definition) ? {} : filterOf(definition))
      const wants = (alert: Alert): boolean => alert.project === project && (part.wants?.(alert) ?? true)
      ready.push({ ...part, wants })
    } catch (error) {
      const { code, hint } = isDayshiftError(error) ? error : failure('DS_INTERNAL', messageOf(error))
      unready.push({ sink: name, given: 0, taken: 0, error: { code, message: messageOf(error), hint } })
    }
  }
  return { sinks: ready, unready }
}

/**
 * The webhooks whose addresses were given by flags, each once.
 *
 * @throws DS_USAGE without the address in it
 */
export function flaggedSinks(urls: readonly string[]): Sink[] {
  return [...new Set(urls)].map(flaggedSink)
}

function flaggedSink(url: string): Sink {
  const name = `webhook-${createHash('sha256').update(url).digest('hex').slice(0, 8)}`
  try {
    return webhookSink({ name, url })
  } catch {
    throw failure('DS_USAGE', '--sink takes an address, as https://hooks.example.org/data')
  }
}

function filterOf({ kinds, datasets, statuses }: Exclude<SinkDefinition, Sink>): Parameters<typeof filtered>[1] {
  return { kinds, datasets, statuses }
}
