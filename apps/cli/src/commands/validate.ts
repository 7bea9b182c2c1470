import { resolve } from 'node:path'
import { refuseOverwrite } from '@dayshift/core'
import { asContract, explainPlan, planChecks, validate } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { contractIn, loadContract } from '../contracts.ts'
import { engineFlags } from '../engine-flags.ts'
import { fileOf } from '../modules.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord, openSource, sourceNamed } from '../sources.ts'

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
    failures: { type: 'string', value: 'FILE', help: 'write every failure to FILE, one JSON object a line' },
    good: { type: 'string', value: 'FILE', help: 'write the rows that break no check to FILE' },
    bad: { type: 'string', value: 'FILE', help: 'write the rows that break a check to FILE' },
    explain: { type: 'boolean', help: 'say how each check would run, and why; check nothing' },
    ...sourceFlags,
    ...engineFlags,
  },
  examples: [
    'dayshift validate data/employees.csv --contract contracts/employees.ts',
    'dayshift validate data/orders.parquet --contract schemas/orders.yaml',
    'dayshift validate employees --failures failures.jsonl',
    'dayshift validate employees --good clean.parquet --bad rejected.csv',
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
    const frame = await openSource(source, {
      ...context,
      flags: { ...flags, ...(flags.null === undefined && missing ? { null: missing } : {}) },
    })
    if (flags.explain) {
      const plan = explainPlan(planChecks(contract, frame, await frame.schema()))
      return { reports: [], plan, text: plan }
    }
    const [failures, good, bad] = [flags.failures, flags.good, flags.bad].map((file) =>
      file === undefined ? undefined : resolve(cwd, file),
    )
    const project = await context.project()
    const code = flags.contract === undefined ? [] : [resolve(cwd, fileOf(flags.contract, cwd))]
    for (const file of [failures, good, bad]) {
      if (file !== undefined) refuseOverwrite(file, [...code, ...(project ? [project.file] : [])])
    }
    const report = await validate(frame, contract, {
      cwd,
      failures,
      ...(good === undefined && bad === undefined ? {} : { split: { good, bad } }),
      signal,
      onProgress: ({ fraction }) => terminal.progress('validate', fraction),
    })
    return { reports: [report] }
  },
})
