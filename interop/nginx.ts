import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { certify } from './certificate.ts'
import { unpackDebPeer } from './peer.ts'
import { DEB_PEERS } from './peers.ts'
import { freePort, startServer, type PeerServer } from './server.ts'

const run = promisify(execFile)

/** A running nginx that keeps what is put. */
export interface Nginx extends PeerServer {
  readonly url: string
  /** The same over TLS, where a certificate could be made. */
  readonly secureUrl: string | undefined
  /** Its certificate, in PEM. */
  readonly certificate: string
  /** The folder that it serves: `open/` to everybody, `closed/` to {@link USER}, `moved/` leads to `open/`. */
  readonly store: string
}

/** Who may see `closed/`. */
export const USER = { user: 'ada', password: 'lovelace ö' }

/** The program: this machine's own, or Debian's; `undefined` where there is neither. */
export async function findNginx(): Promise<string | undefined> {
  for (const find of [() => 'nginx', () => '/usr/sbin/nginx', unpacked]) {
    try {
      const program = await find()
      const { stderr } = await run(program, ['-V'])
      if (stderr.includes('http_dav_module') && stderr.includes('http_ssl_module')) return program
    } catch {
      // The next one may do.
    }
  }
  console.warn('interop: nginx is not here and cannot be fetched, so HTTP is not held against it')
  return undefined
}

async function unpacked(): Promise<string> {
  const { name, packages } = DEB_PEERS.nginx
  return join(await unpackDebPeer(name, packages), 'usr', 'sbin', 'nginx')
}

/** Starts nginx on an empty folder. */
export async function startNginx(program: string): Promise<Nginx> {
  const home = mkdtempSync(join(tmpdir(), 'dayshift-nginx-'))
  const store = join(home, 'store')
  mkdirSync(join(store, 'open'), { recursive: true })
  mkdirSync(join(store, 'closed'))
  writeFileSync(join(home, 'users'), `${USER.user}:{PLAIN}${USER.password}\n`)
  const certificate = join(home, 'certificate.pem')
  const isSecure = await certify(certificate, join(home, 'key.pem'))
  const securePort = await freePort()
  const config = join(home, 'nginx.conf')
  const server = await startServer(program, (port) => {
    writeFileSync(config, configOf(home, port, isSecure ? securePort : undefined))
    return ['-p', home, '-c', config, '-e', join(home, 'error.log')]
  })
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    secureUrl: isSecure ? `https://127.0.0.1:${securePort}` : undefined,
    certificate,
    store,
    async stop() {
      await server.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function configOf(home: string, port: number, securePort: number | undefined): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${home}/${kind};`,
  )
  const secure =
    securePort === undefined
      ? ''
      : `listen 127.0.0.1:${securePort} ssl; ssl_certificate ${home}/certificate.pem; ssl_certificate_key ${home}/key.pem;`
  return `
daemon off;
master_process off;
user ${userInfo().username};
pid ${home}/pid;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port};
    ${secure}
    root ${home}/store;
    client_max_body_size 0;
    dav_methods PUT;
    create_full_put_path on;
    location /moved/ { rewrite ^/moved/(.*)$ $scheme://$http_host/open/$1 redirect; }
    location /busy/ { add_header Retry-After 7 always; return 503; }
    location /closed/ { auth_basic data; auth_basic_user_file ${home}/users; }
  }
}
`
}
