import { remoteStatus, status, type Output, type RemoteStatusReport, type StatusReport } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import type { Outcome } from '../../command.ts'
import { defineDvcCommand, listenOn, lockFlags, readingOn, targetFlags } from '../../dvc/command.ts'
import { remoteFlags, scopeFlags, transferOf } from '../../dvc/transfer.ts'
import { printable } from '../../render/words.ts'
import type { Terminal } from '../../terminal.ts'

export const command = defineDvcCommand({
  name: 'dvc status',
  summary: 'say what differs from its record',
  usage: '[target…]',
  description: [
    'Says which tracked data differs from what its .dvc file records, or is not in the cache. As DVC’s, it exits with 0',
    'whatever it finds; with -q it prints no text and exits with 1 where something differs. --json prints DVC’s JSON, with',
    '-q too. What cannot be looked at is told, and the exit code is 3.',
  ],
  flags: {
    ...targetFlags,
    'no-updates': { type: 'boolean', help: 'taken for DVC’s sake: updates of imports are never looked for' },
    cloud: { type: 'boolean', short: 'c', help: 'compare the cache with a remote instead' },
    ...remoteFlags,
    ...scopeFlags,
    glob: { type: 'boolean', help: 'with -c: targets are globs, as data/*.csv' },
    ...lockFlags,
  },
  examples: ['dayshift dvc status', 'dayshift dvc status data/images --json', 'dayshift dvc status -q || echo changed'],
  run: async ({ flags, positionals, repo, terminal }) => {
    if (flags.cloud ?? flags.remote) {
      const options = { ...repo, ...transferOf(flags, terminal) }
      return ofRemotes(await remoteStatus(positionals, options), flags.quiet ?? false)
    }
    const alone = (['all-branches', 'all-tags', 'all-commits', 'jobs', 'glob'] as const).find((name) => flags[name])
    if (alone !== undefined) throw failure('DS_USAGE', `--${alone} goes with --cloud`)
    const listener = listenOn(terminal)
    let outputs: readonly Output[] = []
    const found = await status(positionals, {
      ...repo,
      onFinding: listener.onFinding,
      onOutputs: (all) => (outputs = all),
      recursive: flags.recursive,
      withDeps: flags['with-deps'],
      onProgress: readingOn(terminal, 'status'),
    })
    const differs = Object.keys(found).length > 0
    const unseen = listener.unseen()
    const calm = differs || unseen.error ? [] : calmLines(outputs, terminal)
    return {
      ...unseen,
      reports: [],
      foreign: found,
      fails: flags.quiet === true && differs,
      text: differs ? linesOf(found) : calm,
    }
  },
})

/** As DVC prints what a remote lacks, and what the cache does. */
function ofRemotes({ remotes, states }: RemoteStatusReport, quiet: boolean): Outcome {
  const entries = Object.entries(states)
  const lines = entries.map(([path, state]) => `\t${`${state}:`.padEnd(20)}${printable(path)}`)
  const names = remotes.map((name) => `'${printable(name)}'`).join(', ')
  const calm =
    remotes.length === 0
      ? 'There is nothing tracked that could be on a remote.'
      : `Cache and remote${remotes.length === 1 ? '' : 's'} ${names} are in sync.`
  const differs = entries.length > 0
  return { reports: [], foreign: states, fails: quiet && differs, text: differs ? lines : [calm] }
}

function linesOf(found: StatusReport): string[] {
  return Object.entries(found).flatMap(([name, entries]) => [
    `${printable(name)}:`,
    ...entries.flatMap(({ 'changed outs': outs }) => [
      '\tchanged outs:',
      ...Object.entries(outs).map(([path, state]) => `\t\t${`${state}:`.padEnd(20)}${printable(path)}`),
    ]),
  ])
}

/** A project where nothing is tracked is not the same as one that is up to date. */
function calmLines(outputs: readonly Output[], terminal: Terminal): string[] {
  if (outputs.some(({ stage }) => stage !== undefined))
    terminal.note('Only outputs of stages were compared; what these depend on, and their commands, dvc status tells.')
  if (outputs.length > 0) return ['Data and pipelines are up to date.']
  return [
    'There are no data or pipelines tracked in this project yet.',
    'Begin with dayshift dvc add <file or folder>.',
  ]
}
