import { createHash } from 'node:crypto'
import { canonicalJson } from '@dayshift/core/ground'
import type { CatalogEntry } from './entry.ts'

/** Of an entry without what folding may change, so that a folded entry ranks as the line that it came from. */
export function contentHash({ unique_id: _id, created_at: _at, ...content }: CatalogEntry): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}
