import { withoutSecrets } from '@dayshift/core/ground'
import { checkIgnore, type IgnoreCheck } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand } from '../../dvc/command.ts'
import type { Stdin } from '../../io.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc check-ignore',
  summary: 'say what .dvcignore ignores',
  usage: '<path…>',
  description: [
    'Prints those paths that .dvcignore ignores; they need not exist. Exits with 1 where there is none. With --details, also',
    'the pattern that decided, which may be one that keeps a path.',
  ],
  flags: {
    details: { type: 'boolean', short: 'd', help: 'print the pattern with its file and line' },
    'non-matching': { type: 'boolean', short: 'n', help: 'with --details: print paths that no pattern matches too' },
    stdin: { type: 'boolean', help: 'read paths from standard input, one a line' },
  },
  examples: ['dayshift dvc check-ignore data/a.tmp', 'find . | dayshift dvc check-ignore --stdin --details'],
  run: async (context) => {
    const { flags, positionals, repo } = context
    const { details = false, 'non-matching': all = false } = flags
    if (all && !details) throw failure('DS_USAGE', '--non-matching is only valid with --details')
    if (flags.stdin && positionals.length > 0) throw failure('DS_USAGE', 'paths and --stdin are both given')
    if (!flags.stdin && positionals.length === 0) throw failure('DS_USAGE', 'paths or --stdin are needed')
    const found = await checkIgnore(flags.stdin ? await linesIn(context.stdin()) : positionals, repo)
    const checks = found.map((check) => ({ ...check, path: withoutSecrets(check.path) }))
    const isFound = ({ ignored, pattern }: IgnoreCheck): boolean => (details ? pattern !== undefined : ignored)
    const text = checks
      .filter((check) => isFound(check) || all)
      .map(({ path, pattern = '::' }) => (details ? `${printable(pattern)}\t${printable(path)}` : printable(path)))
    return { reports: [], result: { checks }, fails: !checks.some(isFound), text }
  },
})

async function linesIn(stdin: Stdin): Promise<string[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of stdin) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  const text = Buffer.concat(pieces).toString()
  return text.split('\n').filter((line) => line !== '')
}
