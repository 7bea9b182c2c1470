import { createHash } from 'node:crypto'
import { Interruption, type Held, type Listed, type Remote } from '../../src/remotes/remote.ts'
import type { NamedRemote } from '../../src/remotes/open.ts'

/** What servers tell of their objects. */
export interface Server {
  /** By address. */
  readonly objects: Map<string, string>
  /** Questions so far, as `has http://…`. */
  readonly asked: string[]
  /** Whether entity tags are told; yes by default. */
  tells: boolean
  /** So many downloads break in the middle. */
  breaks: number
  readonly open: (remote: NamedRemote) => Promise<Remote>
}

/** Servers that keep objects in memory: those of S3 list, those of HTTP do not. */
export function memoryServer(objects: Readonly<Record<string, string>>): Server {
  const server: Server = {
    objects: new Map(Object.entries(objects)),
    asked: [],
    tells: true,
    breaks: 0,
    open: async ({ settings: { url = '' } }) => remoteAt(server, url),
  }
  return server
}

function remoteAt(server: Server, url: string): Remote {
  const heldOf = (content: string): Held & { readonly bytes: number } => ({
    bytes: content.length,
    ...(server.tells ? { etag: createHash('md5').update(content).digest('hex') } : {}),
  })
  const at = (key: string): string | undefined => server.objects.get(`${url}/${key}`)
  const remote: Remote = {
    url,
    jobs: 2,
    async has(key) {
      server.asked.push(`has ${url}/${key}`)
      const content = at(key)
      return content === undefined ? undefined : heldOf(content)
    },
    async get(key) {
      server.asked.push(`get ${url}/${key}`)
      const content = at(key)
      if (content === undefined) return undefined
      return { ...heldOf(content), from: 0, pieces: piecesOf(content, server.breaks-- > 0) }
    },
  }
  if (!url.startsWith('s3:')) return remote
  return {
    ...remote,
    async *list(prefix) {
      const found: Listed[] = []
      for (const [address, content] of server.objects) {
        if (address.startsWith(`${url}/${prefix}`))
          found.push({ key: address.slice(url.length + 1), ...heldOf(content) })
      }
      yield found
    },
  }
}

async function* piecesOf(content: string, breaks: boolean): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content.slice(0, 1))
  if (breaks) throw new Interruption('the connection broke')
  yield Buffer.from(content.slice(1))
}
