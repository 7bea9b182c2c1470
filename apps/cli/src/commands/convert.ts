import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { refuseOverwrite, writeAtomically } from '@dayshift/core/ground'
import { CONTRACT_FORMATS, writeContract, type ContractFormat, type Note } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { loadContract } from '../contracts.ts'
import { makeFolder } from '../files.ts'
import { fileOf } from '../modules.ts'
import { printable } from '../render/words.ts'

const TARGETS: readonly (ContractFormat | 'typescript')[] = ['typescript', ...CONTRACT_FORMATS]

export const command = defineCommand({
  name: 'convert',
  summary: 'write a contract in the format of another tool',
  usage: '<contract> --to FORMAT [--out FILE]',
  description: [
    `Reads a contract, of this tool or another, and writes it as ${TARGETS.join(', ')}.`,
    'What the other format has no word for is told; nothing of it is lost silently.',
  ],
  flags: {
    to: { type: 'string', value: 'FORMAT', help: `${TARGETS.join(', ')} (default: typescript)` },
    out: { type: 'string', value: 'FILE', help: 'write to FILE (default: standard output)' },
    force: { type: 'boolean', help: 'write over a file that is there' },
  },
  formats: ['text', 'json'],
  examples: [
    'dayshift convert contracts/orders.ts --to pandera --out orders.yaml',
    'dayshift convert schemas/orders.yaml --out contracts/orders.ts',
    'dayshift convert datapackage.json#orders --to odcs',
  ],
  run: async ({ flags, positionals, cwd, terminal }) => {
    const [reference, second] = positionals
    if (reference === undefined || second !== undefined) throw failure('DS_USAGE', 'convert takes one contract')
    const to = TARGETS.find((target) => target === (flags.to ?? 'typescript'))
    if (to === undefined) throw failure('DS_USAGE', `--to is ${TARGETS.join(', ')}, not '${flags.to}'`)
    const out = flags.out === undefined ? undefined : resolve(cwd, flags.out)
    if (out !== undefined && existsSync(out) && !flags.force) {
      throw failure('DS_USAGE', `${flags.out} is there already`, { hint: 'Name another file, or add --force.' })
    }
    if (out !== undefined) refuseOverwrite(out, [resolve(cwd, fileOf(reference, cwd))])
    const as =
      out === undefined ? undefined : /\.json$/i.test(out) ? 'json' : /\.ya?ml$/i.test(out) ? 'yaml' : undefined
    const { text, notes } = await writeContract(await loadContract(reference, cwd), to, { as, origin: reference })
    const result = { format: to, notes, contract: text }
    if (!flags.json) for (const note of notes) terminal.note(`not carried over: ${wordsOf(note)}`)
    if (out === undefined) return { reports: [], result, text: text.trimEnd().split('\n') }
    await makeFolder(dirname(out))
    await writeAtomically(out, (temporary) => writeFile(temporary, text))
    return { reports: [], result, text: [`written to ${flags.out} as ${to}`] }
  },
})

function wordsOf({ place, message }: Note): string {
  return printable(`${place}: ${message}`)
}
