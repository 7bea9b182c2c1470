import { formatSize } from '@dayshift/core/ground'
import { remoteFsck, type RemoteCheck, type RemoteFsckOptions } from '@dayshift/dvc'
import type { Outcome } from '../command.ts'
import { count, printable } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'
import { tellUnreached, unreachedError, untransferred } from './transfer.ts'

/** Holds remotes against their names, and says what is wrong with them: `fsck --cloud`. */
export async function checkRemotes(options: RemoteFsckOptions, verbose: boolean, terminal: Terminal): Promise<Outcome> {
  const { remotes, unreached, isWhole } = await remoteFsck({
    ...options,
    onCheck({ remote, objects, ofObjects, bytes, ofBytes }) {
      const detail = ` (${objects} of ${count(ofObjects, 'object')}, ${formatSize(bytes)} of ${formatSize(ofBytes)})`
      terminal.progress(`fsck ${printable(remote)}`, bytes / Math.max(1, ofBytes), detail)
    },
  })
  tellUnreached(unreached, false, terminal)
  const failed = remotes.flatMap((one) => one.failed)
  for (const { hash, error } of failed) {
    terminal.alert(
      `${terminal.paint('red', 'error')} ${error.code}: ${printable(`md5:${hash.digits}: ${error.message}`)}`,
    )
  }
  const error =
    unreached.length > 0 ? unreachedError(unreached) : failed.length > 0 ? untransferred(failed.length) : undefined
  return {
    ...(error ? { error } : {}),
    reports: [],
    result: { remotes, unreached, isWhole },
    fails: !isWhole,
    text: remotes.flatMap((one) => linesOf(one, options, verbose, terminal)),
  }
}

/** Objects that are named, unless more is asked for. */
const NAMED = 10

function linesOf(
  check: RemoteCheck,
  { quick, repair }: RemoteFsckOptions,
  verbose: boolean,
  terminal: Terminal,
): string[] {
  const { remote, objects, bytes, url } = check
  const broken = check.broken.filter(({ repaired }) => !repaired)
  const missing = check.missing.filter(({ repaired }) => !repaired)
  const repaired = [...check.broken, ...check.missing].filter((one) => one.repaired)
  const isWhole = broken.length + missing.length + check.failed.length === 0
  const sign = isWhole ? terminal.paint('green', '✔') : terminal.paint('red', '✖')
  const held = quick ? 'of which no size is wrong' : 'each what its name says'
  const said = [
    ...(broken.length > 0
      ? [`${broken.length} of ${count(objects, 'object')} ${broken.length === 1 ? 'is' : 'are'} not what the name says`]
      : []),
    ...(missing.length > 0
      ? [`${count(missing.length, 'object')} that directories list ${missing.length === 1 ? 'is' : 'are'} not there`]
      : []),
    ...(check.failed.length > 0 ? [`of ${count(check.failed.length, 'object')} nobody knows`] : []),
  ]
  const words = isWhole ? `${count(objects, 'object')} (${formatSize(bytes)}), ${held}` : said.join('; ')
  return [
    `${sign} ${printable(remote)} (${printable(url)}): ${words}`,
    ...shortened(
      [
        ...broken.map(({ hash, by, bytes: size }) => {
          return `md5:${hash.digits}  ${by === 'size' ? `has the wrong size, ${formatSize(size)}` : 'has other content'}`
        }),
        ...missing.map(({ hash }) => `md5:${hash.digits}  is missing`),
      ],
      verbose,
    ),
    ...(isWhole || repair ? [] : ['  --repair sends them from the cache, where that has them right']),
    ...shortened(
      repaired.map(({ hash }) => `repaired: md5:${hash.digits}`),
      verbose,
    ),
  ]
}

function shortened(lines: readonly string[], verbose: boolean): string[] {
  const most = verbose ? lines.length : NAMED
  const shown = lines.slice(0, most).map((line) => `  ${line}`)
  return lines.length > most ? [...shown, `  and ${lines.length - most} more`] : shown
}
