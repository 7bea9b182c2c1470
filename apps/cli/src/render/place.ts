import type { FailureExample } from '@dayshift/core'
import { printable } from './words.ts'

/** Where a failure stands: `row 3 (line 4)`; of several files the one, with its folder, which may tell it apart. */
export function placeWords({ row, file, line }: Pick<FailureExample, 'row' | 'file' | 'line'>): string {
  const named = file === undefined ? [] : [printable(file.split(/[\\/]/).slice(-2).join('/'))]
  const words = [...named, ...(line === undefined ? [] : [`line ${line}`])]
  return words.length === 0 ? `row ${row}` : `row ${row} (${words.join(' ')})`
}
