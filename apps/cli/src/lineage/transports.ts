import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '@dayshift/core'
import { isDayshiftError, messageOf } from '@dayshift/core/ground'
import { readConfig, transportOf, type Configured, type LineageConfig, type Transport } from '@dayshift/lineage'
import type { Context } from '../command.ts'
import { SPOOL_FOLDER } from '../places.ts'
import { printable } from '../render/words.ts'

type TransportsContext = Pick<Context, 'cwd' | 'env' | 'terminal' | 'cleanUp'>

/** Where events go besides the log, and what is to be told of that. */
export interface Servers {
  readonly transports: readonly Transport[]
  readonly notes: readonly Finding[]
}

/**
 * The transports that `openlineage.yml` or `OPENLINEAGE_*` configure; none where nothing does. What a server does not take
 * waits in the project's folder. They are closed when the command is over. A configuration that cannot be used ends no work:
 * a note tells it, and the log in the project goes on.
 *
 * @param root the project's folder
 */
export async function configuredTransports(context: TransportsContext, root: string): Promise<Servers> {
  try {
    const { config, configured } = await lineageConfig(context, root)
    if (config.isDisabled) return { transports: [], notes: [DISABLED] }
    if (configured === undefined) return { transports: [], notes: [] }
    context.cleanUp(() => configured.transport.close())
    return { transports: [configured.transport], notes: [] }
  } catch (error) {
    if (!isDayshiftError(error)) throw error
    const message = `No server gets the events, the log in the project does: ${messageOf(error)}`
    return { transports: [], notes: [{ severity: 'warn', code: 'log.no_server', message, hint: error.hint }] }
  }
}

const DISABLED: Finding = {
  severity: 'info',
  code: 'log.disabled',
  message: 'OPENLINEAGE_DISABLED is true: no server gets the events, the log in the project does',
}

/**
 * What is configured, and what it stands for.
 *
 * @throws DS_LINEAGE_CONFIG
 */
export async function lineageConfig(
  { cwd, env, terminal }: Omit<TransportsContext, 'cleanUp'>,
  root: string,
): Promise<{ readonly config: LineageConfig; readonly configured: Configured | undefined }> {
  // A project's configuration holds in all of its folders.
  const folder = existsSync(join(cwd, 'openlineage.yml')) ? cwd : root
  const config = await readConfig({ env, cwd: folder, home: homedir() })
  for (const setting of config.ignored) {
    terminal.note(`OpenLineage's setting ${setting} is not heeded: datasets keep the names that they have`)
  }
  const write = (line: string): void => terminal.note(printable(line))
  return { config, configured: transportOf(config, { cwd: folder, spool: join(root, SPOOL_FOLDER), write }) }
}
