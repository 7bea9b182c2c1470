import type { CheckoutResult, FailedOutput } from '@dayshift/dvc'
import { printable } from '../render/words.ts'

/** What has changed in the workspace, as DVC says it. */
export function changesOf({ modified, added, deleted }: CheckoutResult): string[] {
  const changes = { M: modified, A: added, D: deleted }
  return Object.entries(changes).flatMap(([sign, paths]) => paths.map((path) => `${sign}       ${printable(path)}`))
}

/**
 * What could not be brought, and why.
 *
 * @param most how many paths of an output are named
 * @param isFetched whether remotes were asked already
 */
export function failureOf(failed: CheckoutResult['failed'], most: number, isFetched = false): string[] {
  const isLacking = failed.some(({ missing }) => missing.length > 0)
  const end = 'What is there of them stays as it is'
  return [
    'Checkout failed for following targets:',
    ...failed.flatMap((output) => [
      [printable(output.path), ...reasonsOf(output, most)].join(' '),
      ...(output.error?.hint === undefined ? [] : [`  ${printable(output.error.hint)}`]),
    ]),
    ...(isLacking && !isFetched
      ? ['Is your cache up to date?', `${end}; dayshift dvc pull gets the rest from a remote.`]
      : [`${end}.`]),
  ]
}

function reasonsOf({ path, missing, changed = [], error }: FailedOutput, most: number): string[] {
  const isWhole = missing.length === 1 && missing[0] === path.replace(/\/$/, '')
  return [
    ...(missing.length > 0 && !isWhole ? [`(lacks ${named(missing, most)})`] : []),
    ...(changed.length > 0 ? [`(changed meanwhile: ${named(changed, most)})`] : []),
    ...(error ? [`(${printable(error.message)})`] : []),
  ]
}

function named(paths: readonly string[], most: number): string {
  const more = paths.length > most ? ` and ${paths.length - most} more` : ''
  return `${paths.slice(0, most).map(printable).join(', ')}${more}`
}
