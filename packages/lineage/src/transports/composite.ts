import { isDayshiftError, messageOf, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { Transport } from '../transport.ts'

/** One of several transports. */
export type Part = Transport | { readonly transport: Transport; readonly priority?: number | undefined }

/** How several transports are tried. */
export interface CompositeOptions {
  /** Default `composite`. */
  readonly name?: string | undefined
  /** Whether one that fails keeps those after it from the events; default true: it does not. */
  readonly continueOnFailure?: boolean | undefined
  /** Whether those after one that took the events get them too; default true. */
  readonly continueOnSuccess?: boolean | undefined
  /** Whether the highest priority comes first; default false: they are tried as listed. */
  readonly sortTransports?: boolean | undefined
}

/**
 * Sends events to several transports, one after the other.
 *
 * @param parts a list, or a map by names of the caller's
 * @throws DS_LINEAGE_CONFIG where there are none; emitting: DS_LINEAGE_UNDELIVERED where none took the events, or one
 * failed that must not; DS_LINEAGE_REJECTED where that was for what is in them
 * @example compositeTransport({ marquez: httpTransport({ url }), file: fileTransport('metadata_log.jsonl') })
 */
export function compositeTransport(
  parts: readonly Part[] | Readonly<Record<string, Part>>,
  options: CompositeOptions = {},
): Transport {
  const { name = 'composite', continueOnFailure = true, continueOnSuccess = true, sortTransports = false } = options
  const listed: [string | undefined, Part][] = isList(parts)
    ? parts.map((part) => [undefined, part])
    : Object.entries(parts)
  const all = listed.map(([key, part]) => {
    const { transport, priority = 0 } = 'transport' in part ? part : { transport: part }
    return { transport, name: key ?? transport.name, priority }
  })
  if (all.length === 0) throw failure('DS_LINEAGE_CONFIG', 'a composite transport has no transports')
  if (sortTransports) all.sort((a, b) => b.priority - a.priority)

  return {
    name,
    async emit(events, emitting) {
      const problems: string[] = []
      let cause: unknown
      let isRejectedByAll = true
      for (const { transport, name: told } of all) {
        let wasSpooled = false
        try {
          await transport.emit(events, {
            ...emitting,
            onSpooled: (count, reason) => {
              wasSpooled = true
              emitting?.onSpooled?.(count, reason)
            },
          })
        } catch (error) {
          cause ??= error
          isRejectedByAll &&= isRejected(error)
          problems.push(`${told}: ${withoutSecrets(messageOf(error))}`)
          if (continueOnFailure) continue
          throw failure(isRejected(error) ? 'DS_LINEAGE_REJECTED' : 'DS_LINEAGE_UNDELIVERED', problems.join('; '), {
            cause: error,
          })
        }
        if (!continueOnSuccess && !wasSpooled) return
      }
      if (problems.length < all.length) return
      // What all refuse is for no later time.
      const code = isRejectedByAll ? 'DS_LINEAGE_REJECTED' : 'DS_LINEAGE_UNDELIVERED'
      throw failure(code, `no transport took the events: ${problems.join('; ')}`, { cause })
    },
    async close() {
      const results = await Promise.allSettled(all.map(async ({ transport }) => transport.close()))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    },
  }
}

function isRejected(error: unknown): boolean {
  return isDayshiftError(error) && error.code === 'DS_LINEAGE_REJECTED'
}

function isList(parts: readonly Part[] | Readonly<Record<string, Part>>): parts is readonly Part[] {
  return Array.isArray(parts)
}
