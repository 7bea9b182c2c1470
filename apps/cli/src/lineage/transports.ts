import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { readConfig, transportOf, type Configured, type LineageConfig, type Transport } from '@dayshift/lineage'
import type { Context } from '../command.ts'
import { SPOOL_FOLDER } from '../places.ts'
import { printable } from '../render/words.ts'

type TransportsContext = Pick<Context, 'cwd' | 'env' | 'terminal' | 'cleanUp'>

/**
 * The transports that `openlineage.yml` or `OPENLINEAGE_*` configure; none where nothing does. What a server does not take
 * waits in the project's folder. They are closed when the command is over.
 *
 * @param root the project's folder
 * @throws DS_LINEAGE_CONFIG
 */
export async function configuredTransports(context: TransportsContext, root: string): Promise<Transport[]> {
  const { configured } = await lineageConfig(context, root)
  if (configured === undefined) return []
  context.cleanUp(() => configured.transport.close())
  return [configured.transport]
}

/** What is configured, and what it stands for. */
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
