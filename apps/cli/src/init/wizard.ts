import { CI_SERVICES, type CiService } from './ci.ts'
import type { FoundData } from './found-data.ts'

/** What a person is asked, and what is taken where nobody is. */
export interface Answers {
  readonly name: string
  readonly datasets: readonly FoundData[]
  /** Whether contracts are inferred. */
  readonly infers: boolean
  readonly ci: CiService
}

/** Where questions are asked. */
interface Ports {
  readonly input: NodeJS.ReadStream
  /** Default: standard output, which this program keeps for results: what is written there goes to stderr. */
  readonly output?: NodeJS.WriteStream
  /** Gives up, as Ctrl-C does before the first question is there. */
  readonly signal: AbortSignal
}

/**
 * Asks a person on a terminal what the project is to hold. The library that asks is loaded here, where somebody is asked.
 *
 * @param usual what stands there already
 * @returns undefined where the person gives up
 */
export async function askAnswers(usual: Answers, ports: Ports): Promise<Answers | undefined> {
  const { confirm, intro, isCancel, multiselect, note, outro, select, text } = await import('@clack/prompts')
  intro('dayshift init', ports)
  const name = await text({
    message: 'What is the project called? It is the namespace of its jobs in lineage.',
    initialValue: usual.name,
    validate: (value) => ((value ?? '').trim() === '' ? 'A project has a name.' : undefined),
    ...ports,
  })
  if (isCancel(name)) return undefined
  let datasets: readonly FoundData[] = []
  if (usual.datasets.length === 0)
    note('No data files are here yet: the project file shows how to name them.', '', ports)
  else {
    const sources = await multiselect({
      message: 'Which data is it about?',
      options: usual.datasets.map(({ source, name: dataset, files }) => ({
        value: source,
        label: source,
        hint: files > 1 ? `${dataset}, ${files} files` : dataset,
      })),
      initialValues: usual.datasets.map(({ source }) => source),
      required: false,
      ...ports,
    })
    if (isCancel(sources)) return undefined
    datasets = usual.datasets.filter(({ source }) => sources.includes(source))
  }
  let { infers } = usual
  if (datasets.length > 0) {
    const answer = await confirm({
      message: 'Write a contract for each from what its rows show?',
      initialValue: infers,
      ...ports,
    })
    if (isCancel(answer)) return undefined
    infers = answer
  }
  const ci = await select({
    message: 'A workflow that checks the data on each change?',
    options: CI_SERVICES.map((value) => ({ value, label: LABELS[value] })),
    initialValue: usual.ci,
    ...ports,
  })
  if (isCancel(ci)) return undefined
  outro('Thank you; this is written:', ports)
  return { name: name.trim(), datasets, infers, ci }
}

const LABELS: Readonly<Record<CiService, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  none: 'none',
}
