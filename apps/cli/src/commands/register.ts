import { register, type RegisterInput } from '@dayshift/catalog'
import { refuseOverwrite } from '@dayshift/core/ground'
import { recordedVersion } from '@dayshift/dvc'
import { catalogFlags, catalogPath } from '../catalog/command.ts'
import { columnsOfContract } from '../catalog/columns-of-contract.ts'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { sizeOf } from '../files.ts'
import { CATALOG_FILE } from '../places.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord } from '../only-word.ts'
import { lastingSource, openSource } from '../sources.ts'

export const command = defineCommand({
  name: 'register',
  summary: 'enter a dataset into the catalog',
  usage: '<source> --name NAME --description TEXT',
  description: [
    `Adds the dataset to ${CATALOG_FILE}, or a revision where something changed; unchanged data writes nothing.`,
    'A change of columns is told with what it does to who reads the data; exit 1 says so with --fail-on warn.',
  ],
  flags: {
    name: { type: 'string', value: 'NAME', help: 'the name that people use (default: that of the project’s dataset)' },
    description: { type: 'string', value: 'TEXT', help: 'what the data is' },
    tag: { type: 'string', multiple: true, value: 'KEY[=VALUE]', help: 'a tag' },
    owner: { type: 'string', multiple: true, value: 'NAME', help: 'who is answerable' },
    link: { type: 'string', multiple: true, value: 'URL', help: 'a page about the data' },
    property: { type: 'string', multiple: true, value: 'KEY=VALUE', help: 'anything else to keep' },
    ...catalogFlags,
    'dry-run': { type: 'boolean', help: 'say what would change; write nothing' },
    ...sourceFlags,
    ...engineFlags,
  },
  examples: ['dayshift register data/train.csv --name train --description "Training data" --tag tier=gold --owner ada'],
  run: async (context) => {
    const { flags, cwd, signal } = context
    const source = await lastingSource(
      onlyWord(context.positionals, 'a source'),
      context,
      'the catalog says where data is',
    )
    const configured = source.dataset?.definition
    const name = flags.name ?? source.dataset?.name
    const description = flags.description ?? configured?.description
    if (name === undefined || description === undefined) {
      throw failure('DS_USAGE', `--${name === undefined ? 'name' : 'description'} is missing`)
    }
    const frame = await openSource(source, context)
    const [schema, profile, bytes] = await Promise.all([
      frame.schema({ signal }),
      frame.profile({ signal }),
      sizeOf(frame.files),
    ])
    const version = frame.dataset.version ?? (await recordedVersion(source.path, { cwd }).catch(() => undefined))?.hash
    const owners = flags.owner ?? configured?.owners
    const tags = flags.tag ? pairsOf('tag', flags.tag) : configured?.tags
    const links = flags.link?.map((url) => ({ url })) ?? configured?.links
    const properties = flags.property ? pairsOf('property', flags.property) : configured?.properties
    const input: RegisterInput = {
      dataset: frame.dataset,
      name,
      description,
      schema,
      rows: profile.rows,
      bytes,
      profile,
      ...(version === undefined ? {} : { version }),
      ...(owners ? { owners } : {}),
      ...(tags ? { tags } : {}),
      ...(links ? { links } : {}),
      ...(properties ? { properties } : {}),
      ...(configured?.contract ? { columns: columnsOfContract(configured.contract, schema) } : {}),
    }
    const path = await catalogPath(context)
    refuseOverwrite(path, frame.files)
    return { reports: [await register(input, { path, dryRun: flags['dry-run'] === true, signal, notes: frame.notes })] }
  },
})

function pairsOf(flag: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      // A tag may have no value.
      if (at < 0 && flag === 'tag' && word !== '') return [word, '']
      if (at < 1) throw failure('DS_USAGE', `--${flag} ${word}: write KEY=VALUE`)
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}
