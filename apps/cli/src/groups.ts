import { alertsGroup } from './alerts/commands.ts'
import { catalogGroup } from './catalog/commands.ts'
import type { Group } from './group.ts'
import { lineageGroup } from './lineage/commands.ts'

/** Words under which commands stand, DVC's apart. */
export const GROUPS: readonly Group[] = [catalogGroup, lineageGroup, alertsGroup]
