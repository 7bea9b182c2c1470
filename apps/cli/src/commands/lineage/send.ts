import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { spoolDestination, waitingIn, type Sending } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { lineageConfig } from '../../lineage/transports.ts'
import { rootOf, SPOOL_FOLDER } from '../../places.ts'
import { count, printable } from '../../render/words.ts'

/** What became of the events that waited for one transport. */
interface Sent extends Sending {
  readonly transport: string
}

export const command = defineCommand({
  name: 'lineage send',
  summary: 'send events that wait for a server',
  usage: '',
  description: [
    'Sends the events that a server did not take when they were logged, START of a run before its end. They wait in',
    '.dayshift/spool. Exit 0 where none is left, 3 where a server still takes none. Events that a server refuses for what is',
    'in them are put aside in rejected.jsonl, with its reason.',
  ],
  flags: {},
  examples: ['dayshift lineage send'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { positionals, terminal, signal } = context
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: send takes no words`)
    const root = await rootOf(context)
    const { config, configured } = await lineageConfig(context, root)
    const spools = configured?.spools ?? []
    const sent: Sent[] = []
    for (const spool of spools) {
      const onProgress = (done: number, all: number): void => terminal.progress(`send to ${spool.name}`, done / all)
      sent.push({ transport: spool.name, ...(await spool.send({ signal, onProgress })) })
    }
    throwIfAborted(signal)
    const known = new Set(spools.map(({ folder }) => folder))
    const reason = config.isDisabled ? 'OPENLINEAGE_DISABLED switches all off' : 'no such transport is configured'
    for (const folder of foldersIn(join(root, SPOOL_FOLDER)).filter((one) => !known.has(one.path))) {
      const left = await waitingIn(folder.path)
      const destination = spoolDestination(folder.path)
      const told = destination === undefined ? reason : `${reason}: they are for ${destination}`
      if (left > 0) sent.push({ transport: folder.name, sent: 0, rejected: 0, left, reason: told })
    }
    const left = sent.reduce((sum, one) => sum + one.left, 0)
    const told = sent.filter((one) => one.sent + one.rejected + one.left > 0)
    return {
      reports: [],
      result: { transports: sent },
      text: told.length === 0 ? ['no event waits'] : told.flatMap(linesOf),
      warns: sent.some(({ rejected }) => rejected > 0),
      ...(left > 0
        ? { error: failure('DS_LINEAGE_WAITING', `${count(left, 'event')} still wait${left === 1 ? 's' : ''}`) }
        : {}),
    }
  },
})

function linesOf({ transport, sent, rejected, left, reason }: Sent): string[] {
  const parts = [
    `${count(sent, 'event')} sent`,
    ...(rejected > 0 ? [`${rejected} refused, kept in rejected.jsonl`] : []),
    ...(left > 0 ? [`${left} left`] : []),
  ]
  return [
    `${printable(transport)}: ${parts.join(', ')}`,
    ...(left > 0 && reason !== undefined ? [`  ${printable(reason)}`] : []),
  ]
}

function foldersIn(path: string): { readonly name: string; readonly path: string }[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => ({ name, path: join(path, name) }))
  } catch {
    return []
  }
}
