import { compareContracts, type Difference } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { contractIn, loadContract } from '../contracts.ts'
import { printable } from '../render/words.ts'

const SIDES = ['readers', 'writers', 'both'] as const

export const command = defineCommand({
  name: 'compare',
  summary: 'say what a new contract breaks',
  usage: '<old contract> <new contract>',
  description: [
    'Says how a contract differs from an older one, and whom each difference breaks: readers, who may meet what was ruled out',
    'before, or writers, whose data may fail now. Exit 1 where something breaks.',
  ],
  flags: {
    for: { type: 'string', value: 'SIDE', help: 'readers, writers or both: whom to fail for (default: both)' },
  },
  examples: [
    'dayshift compare contracts/orders.v1.ts contracts/orders.v2.ts',
    'dayshift compare old.ts new.ts --for writers',
  ],
  run: async ({ flags, positionals, cwd }) => {
    const side = flags.for ?? 'both'
    if (!SIDES.some((one) => one === side)) {
      throw failure('DS_USAGE', `--for is ${SIDES.join(', ')}, not '${side}'`)
    }
    const [first, second, third] = positionals
    if (first === undefined || second === undefined || third !== undefined) {
      throw failure('DS_USAGE', 'compare takes two contracts, the old one and the new one')
    }
    const [before, after] = [contractIn(await loadContract(first, cwd)), contractIn(await loadContract(second, cwd))]
    const differences = compareContracts(before, after)
    const breaks = differences.filter(
      ({ breaksReaders, breaksWriters }) =>
        (breaksReaders && side !== 'writers') || (breaksWriters && side !== 'readers'),
    )
    const text = differences.length === 0 ? ['the contracts say the same'] : differences.map(lineOf)
    return { reports: [], result: { differences, breaking: breaks.length }, text, fails: breaks.length > 0 }
  },
})

function lineOf({ message, breaksReaders, breaksWriters }: Difference): string {
  const whom = [...(breaksReaders ? ['readers'] : []), ...(breaksWriters ? ['writers'] : [])]
  return `${whom.length > 0 ? `✖ breaks ${whom.join(' and ')}` : '✔ breaks nobody'}: ${printable(message)}`
}
