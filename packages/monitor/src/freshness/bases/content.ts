import type { Finding } from '@dayshift/core'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { newestFilled } from '../newest-filled.ts'

/** What content a dataset had in the past. */
export interface ContentHistory {
  /** Hash of the content as it is now. */
  readonly current: string
  /** Every content that was recorded, and when, in any order. */
  readonly versions: readonly { readonly hash: string; readonly at: string | Date }[]
  /** Whether older versions may be missing, as in a shallow clone. Default: false. */
  readonly isCut?: boolean
}

/**
 * When the content of data was first seen. Neither a checkout nor a job that writes the same again makes it any younger, and
 * content that was there before is as old as it was. Content that no version has came at some time between the last version and
 * the time of change of its file, which is the latest that it can be.
 *
 * @param history gives what was recorded; undefined where nothing was
 * @example contentBasis(async () => ({ current: 'md5:…', versions: [{ hash: 'md5:…', at: '2026-11-14T06:00:00Z' }] }))
 */
export function contentBasis(history: (look: Look) => Promise<ContentHistory | undefined>): Basis {
  return { name: 'content', read: (look) => read(history, look) }
}

async function read(history: (look: Look) => Promise<ContentHistory | undefined>, look: Look): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths, look)
  const evidence = { basis: 'content', time: null, findings } as const
  if (none) return { ...evidence, ...none }
  const filled = await newestFilled(files, look)
  if (filled.file === undefined) return { ...evidence, ...filled }
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
    const last = times.reduce((latest, { at }) => Math.max(latest, at), -Infinity)
    const told = `${subject} is none of the ${known.versions.length} versions recorded`
    const code = 'freshness.unrecorded'
    const hint = 'Record it (dayshift version PATH): then its age is known.'
    return {
      ...evidence,
      time: written,
      span: [Math.min(last, written), written],
      subject,
      doubt: {
        severity: 'warn',
        code,
        message: `${told}: it came after ${new Date(last).toISOString()}, and its file may have been touched since`,
        hint,
      },
      findings: [...findings, { severity: 'info', code, message: `${told}; when its file was written counts`, hint }],
    }
  }
  const first = Math.min(...seen)
  const between = times.filter(({ hash, at }) => hash !== current && at > first).length
  return {
    ...evidence,
    time: first,
    subject,
    ...(known.isCut ? { span: [-Infinity, first] as const, doubt: cutHistory(subject, first) } : {}),
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

function cutHistory(subject: string, first: number): Finding {
  return {
    severity: 'warn',
    code: 'freshness.history_cut',
    message: `${subject} was there on ${new Date(first).toISOString()}, and may have been there before: the history is cut`,
    hint: 'Fetch all of it: git fetch --unshallow, or fetch-depth: 0 in the checkout of a CI.',
  }
}
