import { formatSize } from '@dayshift/core/ground'
import { fsck } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { checkRemotes } from '../../dvc/checked-remotes.ts'
import { defineDvcCommand, lockFlags, readingOn, tell } from '../../dvc/command.ts'
import { remoteFlags, transferOf } from '../../dvc/transfer.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc fsck',
  summary: 'check that the cache, or a remote, holds what it says',
  usage: '',
  description: [
    'Reads every object of the cache and holds it against its name; DVC itself trusts any object that is read-only. Broken',
    'ones are named and stay as they are, and the exit code is 1: a link of the workspace may hold the only copy of an edit.',
    'Lists of directories that no directory can be like are named too; such data is to be added once more.',
    'With --repair they give way to what a remote has of them, where that is right. Objects that records of the workspace',
    'need and the cache does not have are counted; the exit code is 1 then too, and --repair gets them.',
    '',
    'With --cloud it is a remote that is held against its names, and its directories against the files that they list. All of',
    'it is read, and nothing is kept; --quick reads the lists of directories alone, and compares sizes with those in the cache.',
    '--repair sends what is wrong there from the cache, where that has it right.',
  ],
  flags: {
    repair: { type: 'boolean', help: 'get broken and missing objects again, from any remote that has them' },
    cloud: { type: 'boolean', short: 'c', help: 'check the default remote, or those of --remote, not the cache' },
    quick: { type: 'boolean', help: 'with --cloud: by sizes, as far as the cache tells them' },
    ...remoteFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc fsck', 'dayshift dvc fsck --repair', 'dayshift dvc fsck --cloud -r store --json'],
  run: async ({ flags, repo, terminal }) => {
    const transfer = transferOf(flags, terminal)
    if (flags.cloud) {
      const { remotes, jobs, onRetry } = transfer
      const { quick, repair } = flags
      return checkRemotes({ ...repo, remotes, jobs, onRetry, quick, repair }, flags.verbose ?? false, terminal)
    }
    if (flags.quick) throw failure('DS_USAGE', '--quick goes with --cloud')
    const {
      objects,
      bytes,
      broken: found,
      unusable,
      missing: absent,
      leftovers,
    } = await fsck({
      ...repo,
      repair: flags.repair,
      remotes: transfer.remotes,
      onFinding: (finding) => tell([finding], terminal),
      onRetry: transfer.onRetry,
      onProgress: readingOn(terminal, 'fsck'),
    })
    const broken = found.filter(({ repaired }) => !repaired)
    const missing = absent.filter(({ repaired }) => !repaired)
    const repaired = [...found, ...absent].filter((one) => one.repaired)
    const isWhole = broken.length === 0
    const sign = isWhole ? terminal.paint('green', '✔') : terminal.paint('red', '✖')
    const said = isWhole
      ? `${count(objects, 'object')} (${formatSize(bytes)}), each what its name says`
      : `${broken.length} of ${count(objects, 'object')} ${broken.length === 1 ? 'is' : 'are'} not what the name says`
    const text = [
      `${sign} ${said}`,
      ...broken.map(({ hash, path }) => `  md5:${hash.digits}  ${printable(path)}`),
      ...(isWhole
        ? []
        : [
            '  --repair gets them from a remote; data that is right brings them back with dayshift dvc add.',
            '  Run dayshift dvc unprotect first where files of the workspace are links (cache.type): what was written through',
            '  them stays there.',
          ]),
      ...(unusable.length === 0
        ? []
        : [
            `${terminal.paint('red', '✖')} ${count(unusable.length, 'list')} of directories that nobody can use:`,
            ...unusable.map(({ reason }) => `  ${printable(reason)}`),
            '  Record the data anew with dayshift dvc add; what nothing refers to any more goes with dayshift dvc gc.',
          ]),
      ...(missing.length === 0
        ? []
        : [
            `${terminal.paint('red', '✖')} ${count(missing.length, 'object')} that records need ${missing.length === 1 ? 'is' : 'are'} not in the cache: dayshift dvc fetch`,
          ]),
      ...repaired.map(({ hash }) => `  repaired: md5:${hash.digits}`),
      ...leftovers.map((path) => `  removed an unfinished file: ${printable(path)}`),
    ]
    return {
      reports: [],
      result: { objects, bytes, broken: found, unusable, missing: absent, leftovers },
      fails: !isWhole || unusable.length > 0 || missing.length > 0,
      text,
    }
  },
})
