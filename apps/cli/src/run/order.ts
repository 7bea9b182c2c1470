import { resolve } from 'node:path'
import { isAddress } from '@dayshift/core/ground'
import type { DatasetDefinition } from '../define-project.ts'

/** Datasets by name. */
type Definitions = Readonly<Record<string, DatasetDefinition>>

/**
 * The datasets of a project that one is made of, as it declares them: in `inputs`, in `log.inputs`, and as `log.origin`. Each is a
 * dataset's name or its source.
 */
export function upstreamOf(name: string, datasets: Definitions): string[] {
  const { inputs = [], log } = datasets[name] as DatasetDefinition
  const { origin, inputs: tables = {} } = log || {}
  const named = [...inputs, ...Object.values(tables), ...(origin === undefined ? [] : [origin])]
  const bySource = new Map(Object.entries(datasets).map(([other, { source }]) => [placeOf(source), other]))
  const found = named.flatMap((word) => (Object.hasOwn(datasets, word) ? [word] : (bySource.get(placeOf(word)) ?? [])))
  return [...new Set(found)].filter((other) => other !== name)
}

/** The same place, however its path is written. */
function placeOf(source: string): string {
  return isAddress(source) ? source : resolve('/', source)
}

/**
 * Datasets that are made of one another in a circle.
 *
 * @returns the names around it, from one to itself; undefined where there is no circle
 */
export function circleOf(datasets: Definitions): string[] | undefined {
  const done = new Set<string>()
  for (const name of Object.keys(datasets)) {
    const circle = circleFrom(name, datasets, [], done)
    if (circle) return circle
  }
  return undefined
}

function circleFrom(
  name: string,
  datasets: Definitions,
  way: readonly string[],
  done: Set<string>,
): string[] | undefined {
  const at = way.indexOf(name)
  if (at >= 0) return [...way.slice(at), name]
  if (done.has(name)) return undefined
  for (const other of upstreamOf(name, datasets)) {
    const circle = circleFrom(other, datasets, [...way, name], done)
    if (circle) return circle
  }
  done.add(name)
  return undefined
}

/**
 * Names so that each stands behind those that it is made of; else as they were.
 *
 * @param upstream what a name is made of; names that are not among those given do not count
 */
export function inOrder(names: readonly string[], upstream: (name: string) => readonly string[]): string[] {
  const ordered: string[] = []
  const visited = new Set<string>()
  const visit = (name: string): void => {
    if (visited.has(name)) return
    visited.add(name)
    for (const other of upstream(name)) if (names.includes(other)) visit(other)
    ordered.push(name)
  }
  for (const name of names) visit(name)
  return ordered
}

/**
 * Does work for each name, several at a time: for none before it is done for all that it is made of.
 *
 * @param most how many at a time
 * @param work must not throw
 */
export async function doInOrder(
  names: readonly string[],
  upstream: (name: string) => readonly string[],
  most: number,
  work: (name: string) => Promise<void>,
): Promise<void> {
  const waiting = inOrder(names, upstream)
  const going = new Map<string, Promise<void>>()
  while (waiting.length > 0 || going.size > 0) {
    const isHeld = (name: string): boolean =>
      upstream(name).some((other) => other !== name && (waiting.includes(other) || going.has(other)))
    for (const name of waiting.filter((one) => !isHeld(one)).slice(0, most - going.size)) {
      waiting.splice(waiting.indexOf(name), 1)
      going.set(
        name,
        work(name).finally(() => going.delete(name)),
      )
    }
    await Promise.race(going.values())
  }
}
