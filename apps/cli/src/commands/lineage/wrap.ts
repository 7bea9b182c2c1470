import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { datasetOf, messageOf, withoutSecrets } from '@dayshift/core/ground'
import { fileTransport, parentFromEnv, trackRun, type KnownDataset, type Transport } from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand, type Context } from '../../command.ts'
import { listFlag } from '../../flags.ts'
import { missingInputs } from '../../lineage/missing-inputs.ts'
import { configuredTransports } from '../../lineage/transports.ts'
import { versioned } from '../../lineage/versioned.ts'
import { LINEAGE_FILE } from '../../places.ts'
import { ProgramEnd, runProgram } from '../../program.ts'
import { printable } from '../../render/words.ts'
import { ignoreOthers } from '../../signals.ts'

export const command = defineCommand({
  name: 'lineage wrap',
  summary: 'run a command as a run of a job',
  usage: '[--job NAME] [--inputs A,B] [--outputs C] -- <command> [words]',
  description: [
    'Runs a command and logs START, then COMPLETE where its exit code is 0; else ABORT where it was told to stop, by a signal to',
    'it or to this, and FAIL where it was not. Its input and output are untouched, its exit code is this one’s, and signals are',
    'passed on to it: INT, TERM, HUP, QUIT, USR1 and USR2. In OPENLINEAGE_PARENT_ID it is told its parent run. Events go where',
    'those of dayshift log do; trouble with them never changes what the command does.',
  ],
  flags: {
    job: { type: 'string', value: 'NAME', help: 'the job, without slashes (default: the command and its first word)' },
    inputs: { type: 'string', multiple: true, value: 'A,B', help: 'what it reads' },
    outputs: { type: 'string', multiple: true, value: 'A,B', help: 'what it writes' },
  },
  examples: [
    'dayshift lineage wrap --inputs raw.csv --outputs clean.csv -- python clean.py',
    'dayshift lineage wrap --job nightly -- make all',
  ],
  formats: ['text'],
  run: async (context) => {
    ignoreOthers()
    const { flags, positionals, cwd, env, terminal } = context
    const [program, ...words] = positionals
    if (program === undefined) {
      throw failure('DS_USAGE', 'a command is missing', {
        hint: 'Write it behind --: dayshift lineage wrap -- make all.',
      })
    }
    const name = flags.job ?? usualJob(program, words)
    // Schedulers part OPENLINEAGE_PARENT_ID by slashes.
    if (name.includes('/') || name.trim() === '') {
      throw failure('DS_USAGE', `--job is '${name}': a job’s name has no slash and is not empty`)
    }
    const { root, namespace, transports } = await surroundings(context)
    const inputs = await Promise.all((listFlag(flags.inputs) ?? []).map((word) => versioned(datasetOf(word, cwd), cwd)))
    for (const { message } of await missingInputs(inputs)) warn(context, message)
    const outputs = (listFlag(flags.outputs) ?? []).map((word) => datasetOf(word, cwd))
    const parent = parentFromEnv(env)
    const stop = new AbortController()
    const work = trackRun(
      { namespace: env['OPENLINEAGE_NAMESPACE'] || namespace, name },
      async (run) => {
        await runProgram(program, words, { cwd, env: { ...env, ...run.env } }, () => stop.abort())
        for (const dataset of outputs) run.writes(await measured(dataset))
      },
      {
        transports: [fileTransport(join(root, LINEAGE_FILE)), ...transports],
        inputs: inputs.map((dataset) => ({ dataset })),
        outputs: outputs.map((dataset) => ({ dataset })),
        signal: stop.signal,
        onProblem: (message) => warn(context, message),
        ...(parent ? { parent } : {}),
      },
    )
    try {
      await work
      return { reports: [], exitCode: 0 }
    } catch (error) {
      if (!(error instanceof ProgramEnd)) throw error
      if (error.isUnstarted) terminal.alert(`dayshift: ${printable(error.message)}`)
      return { reports: [], exitCode: error.exitCode }
    }
  },
})

/** Where the events go. A project or a configuration that is broken does not keep the command from running. */
async function surroundings(
  context: Context,
): Promise<{ readonly root: string; readonly namespace: string; readonly transports: readonly Transport[] }> {
  const tell = (error: unknown): undefined => {
    warn(context, messageOf(error))
    return undefined
  }
  const project = await context.project().catch(tell)
  const root = project?.root ?? context.cwd
  const { transports = [], notes = [] } = (await configuredTransports(context, root).catch(tell)) ?? {}
  for (const { severity, message } of notes) if (severity !== 'info') warn(context, message)
  return { root, namespace: project?.name ?? 'dayshift', transports }
}

function warn({ terminal }: Pick<Context, 'terminal'>, message: string): void {
  terminal.note(`${terminal.paint('yellow', 'warn')}  lineage: ${printable(withoutSecrets(message))}`)
}

/** An output with its size, where it is a local file. */
async function measured(dataset: KnownDataset['dataset']): Promise<KnownDataset> {
  if (dataset.namespace !== 'file') return { dataset }
  const found = await stat(dataset.name).catch(() => undefined)
  return found?.isFile() ? { dataset, bytes: found.size } : { dataset }
}

/** The command's name, with its first word that is no flag: `python clean.py` and `python load.py` are two jobs. */
function usualJob(program: string, words: readonly string[]): string {
  const own = basename(program).replace(/\.\w+$/, '') || 'command'
  const first = words.find((word) => !word.startsWith('-'))
  const word = first === undefined ? '' : basename(first)
  return /^[\w.+-]{1,60}$/.test(word) ? `${own} ${word}` : own
}
