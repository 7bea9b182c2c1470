import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'

/** What content a dataset had in the past. */
export interface ContentHistory {
  /** Hash of the content as it is now. */
  readonly current: string
  /** Every content that was recorded, and when, in any order. */
  readonly versions: readonly { readonly hash: string; readonly at: string | Date }[]
}

/**
 * When the content of data was first seen. Neither a checkout nor a job that writes the same again makes it any younger, and
 * content that was there before is as old as it was. Content that no version has is new: its file's time of change counts,
 * which is the latest that it can be.
 *
 * @param history gives what was recorded; undefined where nothing was
 * @example contentBasis(async () => ({ current: 'md5:…', versions: [{ hash: 'md5:…', at: '2026-11-14T06:00:00Z' }] }))
 */
export function contentBasis(history: (look: Look) => Promise<ContentHistory | undefined>): Basis {
  return { name: 'content', read: (look) => read(history, look) }
}

async function read(history: (look: Look) => Promise<ContentHistory | undefined>, look: Look): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths)
  const evidence = { basis: 'content', time: null, findings } as const
  if (none) return { ...evidence, ...none }
  const subject = `content of ${look.paths.join(', ')}`
  const known = await history(look)
  if (!known || known.versions.length === 0) {
    return { ...evidence, absent: 'no_history', subject: `${subject}: no version was ever recorded` }
  }
  const { current } = known
  const times = known.versions.map(({ hash, at }) => ({ hash, at: new Date(at).getTime() }))
  const seen = times.filter(({ hash }) => hash === current).map(({ at }) => at)
  if (seen.length === 0) {
    const written = files.reduce((newest, { mtimeMs }) => Math.max(newest, Math.floor(mtimeMs)), -Infinity)
    return {
      ...evidence,
      time: written,
      subject,
      findings: [
        ...findings,
        {
          severity: 'info',
          code: 'freshness.unrecorded',
          message: `${subject} is none of the ${known.versions.length} versions recorded; when its file was written counts`,
        },
      ],
    }
  }
  const first = Math.min(...seen)
  const between = times.filter(({ hash, at }) => hash !== current && at > first).length
  return {
    ...evidence,
    time: first,
    subject,
    findings:
      between === 0
        ? findings
        : [
            ...findings,
            {
              severity: 'warn',
              code: 'freshness.old_content',
              message: `${subject} is again what it was first on ${new Date(first).toISOString()}, after ${between} other ${between === 1 ? 'version' : 'versions'}`,
              hint: 'Check whether newer data was replaced by older.',
            },
          ],
  }
}
