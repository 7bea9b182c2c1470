import { messageOf } from '@dayshift/core'
import { Mistake } from '../mistake.ts'
import type { PatternRule } from '../model.ts'
import { isCommon, pythonPattern, Untranslatable, type Anchoring } from './from-python.ts'

/**
 * A pattern of Python as a rule.
 *
 * @throws Mistake for what is no pattern, and Untranslatable for what JavaScript has not
 */
export function pythonRule(source: string, anchoring: Anchoring): PatternRule {
  try {
    const pattern = pythonPattern(source, anchoring)
    return { rule: 'pattern', pattern, ...(isPlain(source, anchoring) ? {} : { python: source, anchoring }) }
  } catch (error) {
    throw error instanceof Untranslatable ? error : new Mistake(messageOf(error), { cause: error })
  }
}

/** Whether the pattern of JavaScript says by itself all that there is to say. */
function isPlain(source: string, anchoring: Anchoring): boolean {
  return anchoring !== 'fullmatch' && isCommon(source)
}
