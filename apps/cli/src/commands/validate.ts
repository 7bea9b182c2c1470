import { statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import type { QueryProgress } from '@dayshift/core'
import { asContract, checkTargets, explainPlan, planRun, validate, type Targets } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { contractIn, loadContract } from '../contracts.ts'
import { engineFlags } from '../engine-flags.ts'
import { makeFolder } from '../files.ts'
import { fileOf } from '../modules.ts'
import { checkOutputs } from '../output.ts'
import { wrap } from '../render/table.ts'
import { printable } from '../render/words.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord } from '..//only-word.ts'
import { openSource, sourceNamed } from '..//sources.ts'

export const command = defineCommand({
  name: 'validate',
  summary: 'check data against a contract',
  usage: '<source> --contract FILE[#NAME]',
  description: [
    'Checks every row against a contract: a module that exports z.object({ … }) or defineContract({ … }), or a YAML or JSON file',
    'of Pandera, Frictionless (Table Schema), the Open Data Contract Standard, or JSON Schema.',
  ],
  flags: {
    contract: { type: 'string', value: 'FILE[#NAME]', help: 'the contract (default: that of the project’s dataset)' },
    failures: { type: 'string', value: 'FILE', help: 'write every failure to FILE: .jsonl, .csv, .parquet …' },
    good: { type: 'string', value: 'FILE', help: 'write the rows that break no check to FILE' },
    bad: { type: 'string', value: 'FILE', help: 'write the rows that break a check to FILE' },
    ...sourceFlags,
    quarantine: {
      type: 'string',
      value: 'DIR',
      help: 'write good rows, bad rows and failures to files in DIR; with --bad-lines quarantine broken lines too',
    },
    explain: { type: 'boolean', help: 'say how each check would run, and why; check nothing' },
    ...engineFlags,
  },
  examples: [
    'dayshift validate data/employees.csv --contract contracts/employees.ts',
    'dayshift validate data/orders.parquet --contract schemas/orders.yaml',
    'dayshift validate employees --failures failures.jsonl',
    'dayshift validate employees --good clean.parquet --bad rejected.csv',
    'dayshift validate employees --quarantine rejected',
    'gzip -dc employees.csv.gz | dayshift validate - --contract contracts/employees.ts',
  ],
  run: async (context) => {
    const { flags, cwd, signal, terminal } = context
    const source = await sourceNamed(onlyWord(context.positionals, 'a source'), context)
    const loaded =
      flags.contract === undefined
        ? source.dataset?.definition.contract
        : contractIn(await loadContract(flags.contract, cwd))
    if (loaded === undefined) {
      throw failure('DS_USAGE', 'there is no contract to check against', {
        hint: 'Name one with --contract FILE, or give the dataset one in the project file.',
      })
    }
    const contract = asContract(loaded)
    const { missing } = contract
    // A quarantine holds broken lines where that is said; as a folder also the rows of both kinds.
    const keepsLines = flags['bad-lines'] === 'quarantine'
    const folder = keepsLines && isOneFile(flags.quarantine, cwd) ? undefined : flags.quarantine
    const { quarantine: _rows, ...others } = flags
    const reading = keepsLines ? flags : others
    if (keepsLines && folder !== undefined) await makeFolder(resolve(cwd, folder))
    const named = absolute({ failures: flags.failures, good: flags.good, bad: flags.bad }, cwd)
    const project = await context.project()
    const code = flags.contract === undefined ? [] : [resolve(cwd, fileOf(flags.contract, cwd))]
    const read = [...code, ...(project ? [project.file] : [])]
    await checkTargets(named, [...read, source.path])
    const frame = await openSource(source, {
      ...context,
      flags: { ...reading, ...(flags.null === undefined && missing ? { null: missing } : {}) },
    })
    if (flags.explain) {
      const query = { signal, onProgress: ({ fraction }: QueryProgress) => terminal.progress('explain', fraction) }
      const plan = explainPlan(await planRun(frame, contract, query))
      const text = plan.flatMap((line) => {
        const [first = '', ...rest] = wrap(printable(line), terminal.columns - INDENT)
        return [first, ...rest.map((more) => ' '.repeat(INDENT) + more)]
      })
      return { reports: [], plan, text }
    }
    const apart = folder === undefined ? {} : filesIn(resolve(cwd, folder), frame.dataset.format)
    const targets: Targets = { ...apart, ...named }
    checkOutputs(flags.output ?? [], cwd, { read, written: Object.fromEntries(Object.entries(targets)) })
    if (folder !== undefined) await makeFolder(resolve(cwd, folder))
    await checkTargets(targets, read, frame.quarantines)
    const { failures, good, bad } = targets
    const report = await validate(frame, contract, {
      cwd,
      failures,
      ...(good === undefined && bad === undefined ? {} : { split: { good, bad } }),
      signal,
      onProgress: ({ fraction, part }) => terminal.progress(`validate: ${part}`, fraction),
    })
    return { reports: [report] }
  },
})

/** What lines of a plan that go on are set in. */
const INDENT = 4

/** Whether a quarantine is a file: one that is there, or a name with an ending. */
function isOneFile(quarantine: string | undefined, cwd: string): boolean {
  if (quarantine === undefined || /[\\/]$/.test(quarantine)) return false
  const found = statSync(resolve(cwd, quarantine), { throwIfNoEntry: false })
  return found ? !found.isDirectory() : extname(quarantine) !== ''
}

/** The files that are named, as absolute paths. */
function absolute(targets: Targets, cwd: string): Targets {
  return Object.fromEntries(
    Object.entries(targets).flatMap(([what, file]) => (file === undefined ? [] : [[what, resolve(cwd, file)]])),
  )
}

/** What a quarantine holds: the rows of both kinds, written as the source is, and what the bad ones break. */
function filesIn(folder: string, format: string | undefined): Targets {
  const suffix = format ?? 'csv'
  return {
    good: join(folder, `good.${suffix}`),
    bad: join(folder, `bad.${suffix}`),
    failures: join(folder, 'failures.jsonl'),
  }
}
