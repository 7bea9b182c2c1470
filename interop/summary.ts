import { relative } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { judgeOf, type Judge } from './judges.ts'

interface Counts {
  tests: number
  comparisons: number
  failed: number
  skipped: number
  /** Files that could not be loaded. */
  broken: number
  readonly reasons: Set<string>
}

/** Writes who judged what at the end of a run: versions as installed, counts as run. */
export default class Summary implements Reporter {
  readonly #said = new Map<string, Set<string>>()
  readonly #root = import.meta.dirname

  /** Tests say with `interop: …` on the console why they are left out. */
  onUserConsoleLog({ content, taskId = '' }: { content: string; taskId?: string }): void {
    const reasons = [...content.matchAll(/^interop: (.*)$/gm)].map((match) => String(match[1]))
    if (reasons.length === 0) return
    // A task has the identity of its file at its beginning.
    const file = taskId
      .split('_')
      .slice(0, taskId.startsWith('-') ? 1 : 1)
      .join('_')
    const said = this.#said.get(file) ?? new Set()
    for (const reason of reasons) said.add(reason)
    this.#said.set(file, said)
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log(`\n${tableOf(this.#countsOf(modules))}`)
  }

  #countsOf(modules: readonly TestModule[]): Map<Judge, Counts> {
    const all = new Map<Judge, Counts>()
    for (const one of modules) {
      const file = relative(this.#root, one.moduleId).replaceAll('\\', '/')
      const judge = judgeOf(file) ?? { place: file, software: [], judges: 'untold: see interop/judges.ts', needs: '' }
      const counts = all.get(judge) ?? {
        tests: 0,
        comparisons: 0,
        failed: 0,
        skipped: 0,
        broken: 0,
        reasons: new Set(),
      }
      all.set(judge, counts)
      if (one.state() === 'failed' && [...one.children.allTests('failed')].length === 0) counts.broken++
      for (const test of one.children.allTests()) this.#count(counts, test, one)
    }
    return all
  }

  #count(counts: Counts, test: TestCase, { id }: TestModule): void {
    const result = test.result()
    counts.comparisons += test.meta().comparisons ?? 0
    if (result.state === 'passed') counts.tests++
    else if (result.state === 'failed') counts.failed++
    else {
      counts.skipped++
      const said = [...(this.#said.get(id) ?? [])]
      const note = result.state === 'skipped' ? result.note : undefined
      for (const reason of note === undefined ? said : [note]) counts.reasons.add(reason)
      if (note === undefined && said.length === 0) counts.reasons.add('no reason told, or not asked for')
    }
  }
}

function tableOf(all: ReadonlyMap<Judge, Counts>): string {
  const lines = [...all]
    .toSorted(([a], [b]) => (a.place < b.place ? -1 : 1))
    .map(([{ place, software, judges }, counts]) => {
      const versions = software.map(({ name, installed }) => `${name} ${installed() ?? '(not here)'}`)
      return { place, versions: versions.join(', '), judges, counts }
    })
  const widths = [Math.max(...lines.map(({ place }) => place.length)), 7, 12, 7, 8]
  const row = (cells: readonly unknown[]): string =>
    cells
      .map((cell, at) => (at === 0 ? String(cell).padEnd(widths[at] ?? 0) : String(cell).padStart(widths[at] ?? 0)))
      .join('  ')
  const text = [row(['', 'passed', 'comparisons', 'failed', 'skipped'])]
  const total = { passed: 0, comparisons: 0, failed: 0, skipped: 0 }
  for (const { place, versions, judges, counts } of lines) {
    const failed = counts.failed + counts.broken
    text.push(
      `${row([place, counts.tests, counts.comparisons, failed, counts.skipped])}  ${versions}`,
      `${' '.repeat((widths[0] ?? 0) + 2)}${judges}`,
      ...[...counts.reasons].map((reason) => `${' '.repeat((widths[0] ?? 0) + 2)}skipped: ${reason}`),
    )
    total.passed += counts.tests
    total.comparisons += counts.comparisons
    total.failed += failed
    total.skipped += counts.skipped
  }
  text.push(row(['all', ...Object.values(total)]))
  return text.join('\n')
}
