import type { Answer } from './post.ts'

/** What an answer's status says of what was sent. */
export type Verdict =
  /** It was taken. */
  | 'taken'
  /** The server takes nothing for now. */
  | 'down'
  /** The server failed over it. */
  | 'failed'
  /** The server does not let us in, or is none for events. */
  | 'refused'
  /** The server will not take what was sent. */
  | 'rejected'

/** Statuses of a client's error that say nothing of the event that was sent. */
const REFUSED: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 421, 426, 451])
/** Statuses that say that the server, or one before it, takes nothing for now. */
const DOWN: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])

/** What a status says of what was sent. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken'
  if (DOWN.has(status)) return 'down'
  if (status >= 500) return 'failed'
  return status < 400 || REFUSED.has(status) ? 'refused' : 'rejected'
}

/** Seconds after which a server wants to be asked again (RFC 9110, 10.2.3): a number, or a date. */
export function retryAfterOf({ headers }: Answer, now: number = Date.now()): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000)
}

/** What a server said of events of a batch that it did not take, by their place in it. */
export type BatchFailures = ReadonlyMap<number, { readonly reason: string; readonly retriable: boolean }>

/** Which events of a batch were not taken: `POST /lineage/batch` of OpenLineage 2-0-2. An answer without a body has all. */
export function failuresOf({ body }: Answer): BatchFailures {
  const failures = new Map<number, { readonly reason: string; readonly retriable: boolean }>()
  let failed: unknown
  try {
    failed = (JSON.parse(body) as { readonly failed_events?: unknown } | null)?.failed_events
  } catch {
    return failures
  }
  if (!Array.isArray(failed)) return failures
  for (const one of failed as readonly unknown[]) {
    const { index, reason, retriable } = (one ?? {}) as Record<string, unknown>
    if (typeof index !== 'number') continue
    failures.set(index, {
      reason: typeof reason === 'string' ? reason : 'no reason given',
      retriable: retriable === true,
    })
  }
  return failures
}
