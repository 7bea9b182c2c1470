import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unpackDebPeer } from '../peer.ts'
import { DEB_PEERS } from '../peers.ts'
import { startServer, type PeerServer } from '../server.ts'

const run = promisify(execFile)

/** A running Alertmanager. */
export interface Alertmanager extends PeerServer {
  readonly url: string
}

/** How the program is started: by itself, or where it finds its templates. */
export type AlertmanagerProgram = readonly string[]

const NAME = 'prometheus-alertmanager'

/** Where the program reads its templates, whatever it is told. */
const TEMPLATES = '/usr/share/prometheus/alertmanager/default.tmpl'

/** The program: this machine's own, or Debian's; `undefined` where there is neither. */
export async function findAlertmanager(): Promise<AlertmanagerProgram | undefined> {
  for (const find of [() => Promise.resolve([NAME]), unpacked]) {
    try {
      const program = await find()
      const [first = '', ...words] = program
      const { stdout } = await run(first, [...words, '--version'])
      if (stdout.includes('alertmanager') && (program.length > 1 || existsSync(TEMPLATES))) return program
    } catch {
      // The next one may do.
    }
  }
  console.warn('interop: Alertmanager is not here and cannot be fetched, so alerts are not held against it')
  return undefined
}

/** It sees the folder of its package in place of the machine's, in a space of its own. */
async function unpacked(): Promise<AlertmanagerProgram> {
  const { name, packages } = DEB_PEERS.alertmanager
  const home = await unpackDebPeer(name, packages)
  const script = 'mount --bind "$0/usr/share" /usr/share && exec "$0/usr/bin/prometheus-alertmanager" "$@"'
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, home]
}

/** Starts an Alertmanager that sends what it groups by dataset to a webhook, at once. */
export async function startAlertmanager(
  [first = '', ...words]: AlertmanagerProgram,
  webhook: string,
): Promise<Alertmanager> {
  const home = mkdtempSync(join(tmpdir(), 'dayshift-alertmanager-'))
  const config = join(home, 'alertmanager.yml')
  writeFileSync(
    config,
    `
route:
  receiver: team
  group_by: [project, dataset]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: team
    webhook_configs:
      - url: ${webhook}
        send_resolved: true
`,
  )
  const server = await startServer(first, (port) => [
    ...words,
    `--config.file=${config}`,
    `--storage.path=${join(home, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ])
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    async stop() {
      await server.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
