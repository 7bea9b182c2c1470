import { planVersion, version } from '@dayshift/dvc'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { waitOn } from '../dvc/command.ts'
import { transferOf } from '../dvc/transfer.ts'
import { userConfigOf } from '../dvc/user-config.ts'
import { lastingSource } from '../sources.ts'

export const command = defineCommand({
  name: 'version',
  summary: 'record a version, as DVC does',
  usage: '<path…>',
  description: [
    'Puts files or folders under DVC’s version control: content into the cache, its hash into a .dvc file, that into git.',
    'A DVC repository is made where there is none. The data itself stays where it is.',
  ],
  flags: {
    message: { type: 'string', short: 'm', value: 'TEXT', help: 'message of the commit' },
    tag: { type: 'string', value: 'NAME', help: 'an annotated git tag for the commit' },
    push: { type: 'boolean', help: 'send the data to the default remote then, as dvc push does' },
    'no-commit': { type: 'boolean', help: 'write the files, commit nothing' },
    'no-scm': { type: 'boolean', help: 'make a DVC repository without git' },
    'dry-run': { type: 'boolean', help: 'say what would be written; write nothing' },
  },
  examples: [
    'dayshift version data/train.csv -m "March data" --tag v1.0',
    'dayshift version data/images data/labels.csv --push',
  ],
  run: async (context) => {
    const { flags, positionals, cwd, signal, terminal } = context
    if (positionals.length === 0) throw failure('DS_USAGE', 'a path is missing')
    const paths = await Promise.all(positionals.map((word) => pathOf(word, context)))
    const options = {
      cwd,
      user: userConfigOf(context.env),
      noScm: flags['no-scm'],
      signal,
      onWait: waitOn(terminal),
      onProgress: (done: number, total: number) => terminal.progress('version', total > 0 ? done / total : undefined),
    }
    if (flags['dry-run']) {
      const { initialize, files, writes } = await planVersion(paths, options)
      const plan = [
        ...(initialize ? ['make a DVC repository'] : []),
        ...files.map(({ path, hash, changed }) => `${changed ? 'store' : 'unchanged'} ${path} ${hash}`),
        ...writes.map(({ path }) => `write ${path}`),
      ]
      return { reports: [await version(paths, { ...options, dryRun: true })], plan, text: plan }
    }
    const { onTransfer, onRetry } = transferOf({}, terminal)
    const report = await version(paths, {
      ...options,
      message: flags.message,
      tag: flags.tag,
      commit: flags['no-commit'] !== true,
      push: flags.push,
      onTransfer,
      onRetry,
    })
    return { reports: [report] }
  },
})

/** What is there now is recorded: a version that was recorded before would be passed over. */
async function pathOf(word: string, context: Context): Promise<string> {
  const { path, version: asked } = await lastingSource(word, context, 'a version is of a file')
  if (asked === undefined) return path
  throw failure('DS_USAGE', `${word} does not exist; a version is recorded of what is there now`, {
    hint: 'Give the path alone; dayshift dvc get . PATH --rev REVISION brings an older version.',
  })
}
