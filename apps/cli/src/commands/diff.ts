import { relative } from 'node:path'
import { isAddress } from '@dayshift/core/ground'
import { asContract, type Contract } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { contractIn, loadContract } from '../contracts.ts'
import { isAbsent } from '../diff/absent-side.ts'
import { DIFF_PARTS, diffDatasets, type DiffPart, type OpenedSide } from '../diff/dataset-diff.ts'
import { diffMarkdown } from '../diff/markdown.ts'
import { diffText } from '../diff/text.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag } from '../flags.ts'
import { diffPage } from '../render/html/diff.ts'
import { refuseSharedQuarantine, sourceFlags } from '../source-flags.ts'
import { openSource, sourceNamed, type NamedSource } from '../sources.ts'

const flags = {
  key: { type: 'string', multiple: true, value: 'A,B', help: 'columns that name a row (default: the contract’s key)' },
  contract: {
    type: 'string',
    value: 'FILE[#NAME]',
    help: 'a contract to hold both sides against (default: the dataset’s)',
  },
  only: {
    type: 'string',
    multiple: true,
    value: 'PART,PART',
    help: `look at these parts only: ${DIFF_PARTS.join(', ')}`,
  },
  examples: { type: 'string', value: 'N', help: 'examples of each kind of difference; 0 for none (default: 3)' },
  'exit-code': { type: 'boolean', help: 'exit with 1 where the sides differ' },
  ...sourceFlags,
  ...engineFlags,
} as const

export const command = defineCommand({
  name: 'diff',
  summary: 'say how two versions of data differ',
  usage: '<source@A> [<source@B>]',
  description: [
    'Compares two versions of a dataset: schema, rows by key, the contract’s verdict, distributions, and size, as one report for a',
    'pull request. Versions come from the cache, without a checkout; the second side is the data that is there, unless it is named.',
    'Where a revision has no version of the data, all rows are added: it is new.',
  ],
  flags,
  formats: ['text', 'json', 'markdown', 'html'],
  examples: [
    'dayshift diff data/train.csv@main data/train.csv --key id',
    'dayshift diff weather@v1.0 --format markdown',
    'dayshift diff old.parquet new.parquet --only schema,rows --exit-code',
    'dayshift diff data/train.csv@HEAD~1 --key id --output diff.html',
  ],
  run: async (context) => {
    const { positionals, signal, terminal, cwd } = context
    const words = context.flags
    const parts = partsOf(listFlag(words.only))
    const [before, after] = await sidesOf(context)
    refuseSharedQuarantine(words, [before.source, after.source], cwd)
    const contract = await contractOf(context, after.source)
    const examples = numberFlag('examples', words.examples)
    if (examples !== undefined && !(Number.isInteger(examples) && examples >= 0 && examples <= 100))
      throw failure('DS_USAGE', `--examples takes a whole number from 0 to 100, not ${words.examples}`)
    const sides = await openedSides(before, after, contract, context)
    const diff = await diffDatasets(sides.before, sides.after, {
      parts,
      key: listFlag(words.key) ?? keyOf(contract, sides),
      examples,
      contract,
      signal,
      onPart: (part) => terminal.progress(`diff: ${part}`),
    })
    const subject = subjectOf(after.source, positionals, cwd)
    return {
      reports: [],
      result: diff,
      text: diffText(diff, terminal, words.verbose === true),
      drawings: { markdown: diffMarkdown(diff, subject), html: [diffPage(diff, subject)] },
      fails: words['exit-code'] === true && diff.differs,
    }
  },
})

/** A side as it is named. */
interface NamedSide {
  readonly name: string
  readonly source: NamedSource
}

type DiffContext = Context<typeof flags>

function partsOf(given: readonly string[] | undefined): readonly DiffPart[] {
  const unknown = given?.find((part) => !DIFF_PARTS.some((known) => known === part))
  if (unknown !== undefined) throw failure('DS_USAGE', `--only is ${DIFF_PARTS.join(', ')}; not '${unknown}'`)
  return DIFF_PARTS.filter((part) => given === undefined || given.includes(part))
}

/** The two sides; the second is the data that is there where it is not named. */
async function sidesOf(context: DiffContext): Promise<readonly [NamedSide, NamedSide]> {
  const [first, second, third] = context.positionals
  if (first === undefined || third !== undefined) {
    throw failure('DS_USAGE', 'diff takes two sources, or one with its version', {
      hint: 'As in: dayshift diff data/train.csv@main data/train.csv.',
    })
  }
  const before: NamedSide = { name: first, source: await sourceNamed(first, context) }
  if (second !== undefined) {
    const after: NamedSide = { name: second, source: await sourceNamed(second, context) }
    if (before.source.path === '-' && after.source.path === '-')
      throw failure('DS_USAGE', 'only one of two sources can be piped in')
    return [before, after]
  }
  const { version, ...source } = before.source
  if (version === undefined) {
    throw failure('DS_USAGE', `${first} names no version to compare with`, {
      hint: `Name one, as ${first}@HEAD, or a second source.`,
    })
  }
  return [before, { name: first.slice(0, -version.length - 1), source }]
}

/** The contract that is named, or that of the dataset. */
async function contractOf(context: DiffContext, { dataset }: NamedSource): Promise<Contract | undefined> {
  const { contract } = context.flags
  const given =
    contract === undefined ? dataset?.definition.contract : contractIn(await loadContract(contract, context.cwd))
  return given === undefined ? undefined : asContract(given)
}

/** Opens both sides. One that was not there yet, or is not any more, stands as the other without its rows. */
async function openedSides(
  before: NamedSide,
  after: NamedSide,
  contract: Contract | undefined,
  context: DiffContext,
): Promise<Readonly<Record<'before' | 'after', OpenedSide>>> {
  const there = (side: NamedSide): Promise<OpenedSide | { readonly error: unknown }> =>
    opened(side, contract, context).catch(async (error: unknown) => {
      if (await isAbsent(side.source, error, context)) return { error }
      throw error
    })
  const [old, now] = [await there(before), await there(after)]
  if ('frame' in old && 'frame' in now) return { before: old, after: now }
  if ('frame' in now) return { before: { name: before.name, frame: now.frame.limit(0), isAbsent: true }, after: now }
  if ('frame' in old) return { before: old, after: { name: after.name, frame: old.frame.limit(0), isAbsent: true } }
  throw old.error
}

/** Opens a side, and once more where the contract takes other cells as missing. */
async function opened(
  { name, source }: NamedSide,
  contract: Contract | undefined,
  context: DiffContext,
): Promise<OpenedSide> {
  const frame = await openSource(source, context)
  const missing = context.flags.null === undefined && source.path !== '-' ? contract?.missing : undefined
  if (!missing) return { name, frame }
  const { quarantine: _kept, ...words } = context.flags
  const reading = { ...words, null: missing, ...(words['bad-lines'] === 'quarantine' ? { 'bad-lines': 'skip' } : {}) }
  return { name, frame, forContract: await openSource(source, { ...context, flags: reading }) }
}

function has({ frame }: OpenedSide, name: string): boolean {
  return frame.columns.includes(name)
}

/** The first key of a contract that both sides have. */
function keyOf(
  contract: Contract | undefined,
  { before, after }: Readonly<Record<'before' | 'after', OpenedSide>>,
): readonly string[] | undefined {
  return contract?.unique.find(({ columns }) => columns.every((name) => has(before, name) && has(after, name)))?.columns
}

/** What the dataset is called, whatever its versions: the name in the project, or the path from here. */
function subjectOf({ dataset, path }: NamedSource, [first = '']: readonly string[], cwd: string): string {
  if (dataset) return dataset.name
  if (path === '-') return first
  return isAddress(path) ? path : relative(cwd, path).replaceAll('\\', '/') || path
}
