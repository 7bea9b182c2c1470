import { createHash } from 'node:crypto'
import { canonicalJson } from '@dayshift/core/ground'

/**
 * The hash of what an event says: SHA-256 of its JSON with sorted keys. An event that is sent twice has one hash, whoever
 * wrote it down in between.
 *
 * @example eventHash(event) // '9f86d081…'
 */
export function eventHash(event: object): string {
  return createHash('sha256').update(canonicalJson(event)).digest('hex')
}
