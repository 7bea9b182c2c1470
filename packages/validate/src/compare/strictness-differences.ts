import type { Strictness } from '../column.ts'
import { difference, type Difference } from './difference.ts'

/** How much more or less strictly something is taken than before. */
export function strictnessDifferences(what: string, old: Strictness, now: Strictness, column?: string): Difference[] {
  const [shareWas, shareIs] = [old.mostly ?? 1, now.mostly ?? 1]
  const [severityWas, severityIs] = [old.severity ?? 'error', now.severity ?? 'error']
  const found: Difference[] = []
  if (shareWas !== shareIs) {
    const words = `${what}: ${shareIs * 100} % of the rows must pass, not ${shareWas * 100} %`
    found.push(difference(shareIs > shareWas ? 'tighter' : 'looser', words, column))
  }
  if (severityWas !== severityIs) {
    const words = `${what}: failures are of severity ${severityIs}, not ${severityWas}`
    found.push(difference(severityIs === 'error' ? 'tighter' : 'looser', words, column))
  }
  return found
}
