import { ciFiles, type CiService } from './ci.ts'
import type { FoundData } from './found-data.ts'
import { GIT_FILES, type ProjectFile } from './project-file.ts'

/** A dataset that a starting project names. */
export interface StarterDataset extends FoundData {
  /** The contract that was inferred, as a module; undefined where there is none. */
  readonly contract?: string | undefined
}

/** What a project starts with. */
export interface Starter {
  readonly name: string
  readonly datasets: readonly StarterDataset[]
  readonly ci: CiService
}

/** The files that a project starts with. */
export function starterFiles({ name, datasets, ci }: Starter): ProjectFile[] {
  const contracts = datasets.flatMap(({ name: dataset, contract }) =>
    contract === undefined
      ? []
      : [{ path: contractPath(dataset), text: contract, what: `what its rows show, inferred: correct it` }],
  )
  return [
    { path: 'dayshift.config.ts', text: configText(name, datasets), what: datasetsWords(datasets.length) },
    ...contracts,
    ...datasets
      .slice(0, 1)
      .map((first) => ({ path: etlPath(first.name), text: ETL, what: 'an ETL to try on a sample' })),
    ...GIT_FILES,
    ...ciFiles(ci),
  ]
}

/** How a dataset is written in the project file. */
export function datasetText({ name, source, contract }: StarterDataset, etl?: string): string {
  const lines = [
    `source: ${quoted(source)},`,
    ...(etl === undefined ? [] : [`prototype: { etl: ${etl} },`]),
    ...(contract === undefined ? [] : [`contract: ${contractName(name)},`]),
    "drift: { reference: 'previous' },",
  ]
  return [`    ${keyOf(name)}: {`, ...lines.map((line) => `      ${line}`), '    },'].join('\n')
}

/** Whether a project file names a source, as it is or as {@link datasetText} writes it. */
export function namesSource(text: string, source: string): boolean {
  return text.includes(source) || text.includes(quoted(source)) || text.includes(JSON.stringify(source))
}

function configText(name: string, datasets: readonly StarterDataset[]): string {
  const imports = datasets.flatMap(({ name: dataset, contract }) =>
    contract === undefined ? [] : [`import ${contractName(dataset)} from './${contractPath(dataset)}'`],
  )
  const [first] = datasets
  const entries = datasets.map((dataset, at) => datasetText(dataset, at === 0 ? 'clean' : undefined))
  const body = entries.length > 0 ? entries : ["    // readings: { source: 'data/readings.csv' },"]
  return `${[
    "import { defineProject } from 'dayshift'",
    ...imports,
    ...(first ? [`import { clean } from './${etlPath(first.name)}'`] : []),
    '',
    '// Only source is needed. What else a dataset may have: dayshift help project',
    'export default defineProject({',
    `  name: ${quoted(name)},`,
    '  datasets: {',
    ...body,
    '  },',
    '})',
  ].join('\n')}\n`
}

const ETL = `import type { Frame } from '@dayshift/core'

/** Tried on a sample before anything else. Write the steps here: frame.dropNulls('column'), .filter(sql\`…\`), .derive({ … }). */
export function clean(frame: Frame) {
  return frame
}
`

function datasetsWords(count: number): string {
  if (count === 0) return 'the project: name your data in it'
  return `the project: ${count === 1 ? 'one dataset' : `${count} datasets`} found here`
}

function contractPath(dataset: string): string {
  return `contracts/${dataset}.ts`
}

function etlPath(dataset: string): string {
  return `etl/${dataset}.ts`
}

/** Not the dataset's name as it stands: it may be a word of the language. */
function contractName(dataset: string): string {
  return `${dataset}Contract`
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

function quoted(text: string): string {
  const json = JSON.stringify(text)
  return /['\\]/.test(json) ? json : `'${json.slice(1, -1)}'`
}
