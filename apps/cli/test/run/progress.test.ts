import type { AnyReport, StepSkip } from '@dayshift/core'
import { afterEach, expect, test, vi } from 'vitest'
import { RunProgress } from '../../src/run/progress.ts'
import { createTerminal } from '../../src/terminal.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** What is written of two steps: one that takes so long, and one that is left out. */
function written(options: { readonly live: boolean; readonly quiet: boolean }, took: number): string {
  vi.useFakeTimers()
  let text = ''
  const terminal = createTerminal({ color: false, ...options, write: (more) => (text += more) })
  const progress = new RunProgress(terminal, 2)
  progress.begin('weather', 'freshness')
  vi.advanceTimersByTime(took)
  const report = {
    kind: 'register',
    status: 'warn',
    durationMs: took,
    facts: { created: true, changed: [], revision: 1 },
  } as unknown as AnyReport
  progress.over('weather', 'register', report)
  const skip: StepSkip = { skip: { reason: 'there is no earlier version', hint: '' } }
  progress.begin('weather', 'drift')
  progress.over('weather', 'drift', skip)
  vi.advanceTimersByTime(5000)
  progress.begin('b\u001B[2Jad', 'log')
  progress.broke('b\u001B[2Jad', 'log', false)
  return text
}

test('where a line cannot be replaced, each step has one when it is over, and one before where it takes long', () => {
  expect(written({ live: false, quiet: false }, 100).split('\n')).toEqual([
    'weather: 4 register ! entered into the catalog, 100 ms',
    'weather: 7 drift – skipped, there is no earlier version',
    expect.stringMatching(/^b.*ad: 5 log ✖ could not be carried out$/),
    '',
  ])
  const long = written({ live: false, quiet: false }, 2500)
  expect(long.split('\n')[0]).toBe('weather: 6 freshness …')
  expect(long).not.toContain('\u001B')
})

test('nothing is told where nobody wants it, and on a terminal only in the line that is replaced', () => {
  expect(written({ live: false, quiet: true }, 2500)).toBe('')
  expect(written({ live: true, quiet: false }, 100)).not.toContain('\n')
})
