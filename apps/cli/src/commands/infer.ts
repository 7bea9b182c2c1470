import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { refuseOverwrite, writeAtomically } from '@dayshift/core/ground'
import { contractSource, infer } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { makeFolder } from '../files.ts'
import { shellQuoted } from '../render/shell-quoted.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord } from '../only-word.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'infer',
  summary: 'write a contract from data',
  usage: '<source> [--out FILE]',
  description: [
    'Writes a contract as TypeScript from what the data shows: types, missing values, signs of numbers, lists of values,',
    'formats, keys, with what speaks for each. Correct it, since data shows what was, and a contract says what must be.',
  ],
  flags: {
    out: { type: 'string', value: 'FILE', help: 'write the contract to FILE (default: standard output)' },
    force: { type: 'boolean', help: 'write over a file that is there' },
    tight: { type: 'boolean', help: 'make the ranges seen bounds, rather than only their sign' },
    ...sourceFlags,
    ...engineFlags,
  },
  formats: ['text', 'json'],
  examples: ['dayshift infer data/employees.csv', 'dayshift infer data/employees.csv --out contracts/employees.ts'],
  run: async (context) => {
    const { flags, cwd, signal, terminal } = context
    const source = await sourceNamed(onlyWord(context.positionals, 'a source'), context)
    const out = flags.out === undefined ? undefined : resolve(cwd, flags.out)
    if (out !== undefined && existsSync(out) && !flags.force) {
      throw failure('DS_USAGE', `${flags.out} is there already`, {
        hint: 'Name another file, or add --force: what was corrected in it is lost then.',
      })
    }
    const frame = await openSource(source, context)
    if (out !== undefined) refuseOverwrite(out, frame.files)
    const inference = await infer(frame, {
      tight: flags.tight ?? false,
      signal,
      onProgress: ({ fraction }) => terminal.progress('infer', fraction),
    })
    const named = { ...inference, source: relative(cwd, inference.source) || inference.source }
    const text = contractSource(named)
    const result = { ...named, contract: text }
    if (out === undefined) return { reports: [], result, text: text.trimEnd().split('\n') }
    await makeFolder(dirname(out))
    await writeAtomically(out, (temporary) => writeFile(temporary, text))
    return {
      reports: [],
      result,
      text: [
        `contract of ${inference.columns.length} columns written to ${flags.out}; correct it, then:`,
        `  dayshift validate ${shellQuoted(context.positionals[0] ?? '')} --contract ${shellQuoted(flags.out ?? '')}`,
      ],
    }
  },
})
