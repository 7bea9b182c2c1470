import type { Sink } from '@dayshift/core'
import { webhookSink, alertmanagerSink } from '@dayshift/core/alerts'
import { parseDuration, parseSize } from '@dayshift/core/ground'
import type { AlertmanagerDefinition, PostedDefinition, SinkDefinition, WebhookDefinition } from '../define-project.ts'

/** Whether a definition is a sink of the project's own code. */
export function isOwnSink(definition: unknown): definition is Sink {
  if (typeof definition !== 'object' || definition === null) return false
  const { write, alert } = definition as Partial<Record<keyof Sink, unknown>>
  return typeof write === 'function' || typeof alert === 'function'
}

/**
 * Makes the sink that a definition stands for, once its variables are in their places.
 *
 * @throws DS_SINK_CONFIG, DS_UNIT
 */
export function sinkOf(name: string, definition: SinkDefinition): Sink {
  if (isOwnSink(definition)) return renamed(name, definition)
  return definition.type === 'webhook' ? webhookOf(name, definition) : alertmanagerOf(name, definition)
}

function webhookOf(name: string, { timeout, maxBytes, secret, externalURL, ...posted }: WebhookDefinition): Sink {
  return webhookSink({
    ...serverOf(posted),
    name,
    secret,
    externalURL,
    timeout: timeout === undefined ? undefined : parseDuration(timeout),
    maxBytes: maxBytes === undefined ? undefined : parseSize(maxBytes),
  })
}

function alertmanagerOf(name: string, { timeout, generatorURL, holdFor, ...posted }: AlertmanagerDefinition): Sink {
  return alertmanagerSink({
    ...serverOf(posted),
    name,
    generatorURL,
    holdFor,
    timeout: timeout === undefined ? undefined : parseDuration(timeout),
  })
}

function serverOf({ url, headers, labels, retries }: PostedDefinition): Omit<PostedDefinition, 'timeout'> {
  return { url, headers, labels, retries }
}

/** The same sink under another name. */
function renamed(name: string, sink: Sink): Sink {
  return {
    name,
    ...(sink.write && { write: async (report, options) => sink.write?.(report, options) }),
    ...(sink.alert && { alert: async (notices, options) => sink.alert?.(notices, options) }),
    ...(sink.wants && { wants: (alert) => sink.wants?.(alert) ?? true }),
  }
}
