// Writes apps/cli/project.schema.json from the schema that project files are checked by, and from what is said of each key where it is
// typed. Run after a build: node scripts/project-schema.mjs [--print]
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cli = join(root, 'apps', 'cli')
const { parseSync } = await import(pathToFileURL(createRequire(join(cli, 'package.json')).resolve('oxc-parser')).href)
const { projectJsonSchema } = await import(pathToFileURL(join(cli, 'dist', 'project-json-schema.js')).href)

/** Where the keys are typed. */
const FILES = [
  'apps/cli/src/define-project.ts',
  'packages/core/src/sinks/filtered.ts',
  'packages/core/src/source.ts',
  'packages/core/src/alerts/rules.ts',
  'packages/core/src/sampling/plan.ts',
  'packages/monitor/src/drift/plan.ts',
]

/** What is said of each key of each interface: `{ DatasetDefinition: { source: { text, within } } }`. */
const interfaces = Object.assign({}, ...FILES.map(interfacesOf))

function interfacesOf(file) {
  const source = readFileSync(join(root, file), 'utf8')
  const { program, comments } = parseSync(file, source)
  const found = {}
  for (const { declaration } of program.body.filter(({ type }) => type === 'ExportNamedDeclaration')) {
    if (declaration?.type !== 'TSInterfaceDeclaration') continue
    found[declaration.id.name] = wordsOf(declaration.body.body, source, comments)
  }
  return found
}

function wordsOf(members, source, comments) {
  const signatures = members.filter(({ type, key }) => type === 'TSPropertySignature' && key.type === 'Identifier')
  return Object.fromEntries(
    signatures.map((member) => {
      const comment = comments.findLast(
        ({ type, end }) => type === 'Block' && end <= member.start && source.slice(end, member.start).trim() === '',
      )
      const text = comment?.value
        .replaceAll(/^\s*\*+ ?/gm, '')
        .replaceAll(/\s+/g, ' ')
        .trim()
      const inner = literalsIn(member.typeAnnotation?.typeAnnotation).flatMap((one) => one.members)
      return [member.key.name, { text, within: wordsOf(inner, source, comments) }]
    }),
  )
}

function literalsIn(type) {
  if (type?.type === 'TSTypeLiteral') return [type]
  return type?.type === 'TSUnionType' ? type.types.flatMap(literalsIn) : []
}

/** Which interfaces tell of the keys at a place; what is within an interface needs no line. */
const POSTED = ['WebhookDefinition', 'AlertmanagerDefinition', 'PostedDefinition', 'SinkFilter']
const DATASET = {
  '': ['DatasetDefinition'],
  csv: ['CsvOptions'],
  prototype: ['PrototypeDefinition', 'SampleOptions'],
  'prototype.window': ['TimeWindow'],
  version: ['VersionDefinition'],
  log: ['LogDefinition'],
  freshness: ['FreshnessDefinition'],
  drift: ['DriftDefinition'],
  'drift.overrides.*': ['ColumnOverride'],
}
const PLACES = {
  '': ['ProjectDefinition'],
  engine: ['EngineDefinition'],
  alerts: ['AlertOptions'],
  'sinks.*': POSTED,
}
const WHOLE = {
  ...PLACES,
  ...under('datasets.*', DATASET),
  ...under('environments.*', { ...PLACES, ...under('datasets.*', DATASET) }),
}

/** What no interface says. */
const OWN = {
  $schema: 'Where editors find what may stand in this file.',
  type: 'What kind of server it is.',
  title: 'What the page is called.',
  url: 'Its address.',
  quarantine: 'The file that broken lines are kept in.',
  alpha: 'The share of false alarms, as 5%.',
}

function under(place, places) {
  return Object.fromEntries(
    Object.entries(places).map(([inner, names]) => [inner === '' ? place : `${place}.${inner}`, names]),
  )
}

function described(schema, place, within) {
  const told = Object.assign({}, ...(WHOLE[place] ?? []).toReversed().map((name) => interfaces[name]), within)
  const beneath = (name) => (place === '' ? name : `${place}.${name}`)
  const result = { ...schema }
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, value]) => {
        const { text, within: inner } = told[key] ?? {}
        const description = text ?? OWN[key]
        return [key, { ...(description ? { description } : {}), ...described(value, beneath(key), inner) }]
      }),
    )
  }
  if (typeof schema.additionalProperties === 'object')
    result.additionalProperties = described(schema.additionalProperties, beneath('*'), within)
  if (schema.items) result.items = described(schema.items, place, within)
  if (schema.anyOf) result.anyOf = schema.anyOf.map((one) => described(one, place, within))
  return result
}

const text = `${JSON.stringify(described(projectJsonSchema(), '', undefined), null, 1)}\n`
if (process.argv.includes('--print')) process.stdout.write(text)
else writeFileSync(join(cli, 'project.schema.json'), text)
