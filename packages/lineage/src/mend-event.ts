import { checkEvent } from './check-event.ts'
import { pointerKey } from './conform.ts'
import type { RunEvent } from './event.ts'

/** An event that may be sent, and in words what had to be left out for that. */
export interface MendedEvent {
  readonly event: RunEvent
  readonly leftOut: readonly string[]
}

/**
 * Leaves out of a run’s event what would make it invalid: datasets without a name, and facets that break their schema. Better an
 * end without one dataset than none. What is wrong with the run or the job itself stays.
 */
export function mendEvent(event: RunEvent): MendedEvent {
  const problems = checkEvent(event)
  if (problems.length === 0) return { event, leftOut: [] }
  const wrong = new Map<string, string[]>()
  for (const { pointer, message } of problems) {
    const part = PART.exec(pointer)?.[0]
    if (part === undefined) continue
    const words = `${pointer.slice(part.length + 1).replaceAll('/', '.')} ${message}`.trim()
    wrong.set(part, [...(wrong.get(part) ?? []), words])
  }
  const isRight = (pointer: string): boolean => !wrong.has(pointer)
  const mended: RunEvent = {
    ...event,
    run: { ...event.run, facets: rightOf(event.run.facets, '/run/facets', isRight) },
    job: { ...event.job, facets: rightOf(event.job.facets, '/job/facets', isRight) },
    inputs: datasetsOf(event.inputs, '/inputs', isRight),
    outputs: datasetsOf(event.outputs, '/outputs', isRight),
  }
  return {
    event: mended,
    leftOut: [...wrong].map(([part, words]) => `${part.slice(1)} is left out: ${words.join(', ')}`),
  }
}

/** A facet, or a dataset that is wrong itself. */
const PART = /^\/(?:(?:run|job)\/facets\/[^/]+|(?:inputs|outputs)\/\d+(?:\/\w*[fF]acets\/[^/]+)?)/

interface WithFacets {
  readonly facets: RunEvent['run']['facets']
  readonly inputFacets?: RunEvent['run']['facets']
  readonly outputFacets?: RunEvent['run']['facets']
}

function datasetsOf<Dataset extends WithFacets>(
  datasets: readonly Dataset[],
  pointer: string,
  isRight: (pointer: string) => boolean,
): Dataset[] {
  return datasets.flatMap((dataset, at) => {
    const place = `${pointer}/${at}`
    if (!isRight(place)) return []
    const { facets, inputFacets, outputFacets } = dataset
    return {
      ...dataset,
      facets: rightOf(facets, `${place}/facets`, isRight),
      ...(inputFacets ? { inputFacets: rightOf(inputFacets, `${place}/inputFacets`, isRight) } : {}),
      ...(outputFacets ? { outputFacets: rightOf(outputFacets, `${place}/outputFacets`, isRight) } : {}),
    }
  })
}

function rightOf(
  facets: RunEvent['run']['facets'],
  pointer: string,
  isRight: (pointer: string) => boolean,
): RunEvent['run']['facets'] {
  return Object.fromEntries(Object.entries(facets).filter(([name]) => isRight(`${pointer}/${pointerKey(name)}`)))
}
