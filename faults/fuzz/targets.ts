import type { Target } from './target.ts'
import { contractTargets } from './targets/contracts.ts'
import { dvcTargets } from './targets/dvc.ts'
import { journalTargets } from './targets/journals.ts'
import { tableTargets } from './targets/tables.ts'
import { wordTargets } from './targets/words.ts'

/** All parsers that read what others wrote. */
export const TARGETS: readonly Target[] = [
  ...dvcTargets,
  ...contractTargets,
  ...journalTargets,
  ...tableTargets,
  ...wordTargets,
]
