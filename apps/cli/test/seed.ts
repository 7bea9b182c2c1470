import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The real files that tests read, beside the repository; not part of it. */
export const DATA = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data')

/** Why tests on real files are left out, where they are. */
export const noData: string | undefined = existsSync(join(DATA, 'seed')) ? undefined : `there is no folder ${DATA}`
