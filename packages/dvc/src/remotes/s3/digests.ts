import { createHash } from 'node:crypto'

/** The part of a request's way through the SDK that is changed here. */
interface Request {
  readonly protocol: string
  readonly headers: Record<string, string>
  readonly body?: unknown
}

interface Stack {
  add(
    step: <Args extends { request: unknown }, Answer>(
      next: (args: Args) => Promise<Answer>,
    ) => (args: Args) => Promise<Answer>,
    where: { readonly step: 'build'; readonly priority: 'low'; readonly name: string; readonly override: true },
  ): void
}

interface Command {
  readonly middlewareStack: Stack
}

/**
 * Spares a second digest of content whose md5 is sent along already: over TLS nobody can change it on its way. botocore
 * does the same.
 *
 * @example client.send(unsigned(new PutObjectCommand({ Bucket, Key, Body, ContentMD5 })))
 */
export function unsigned<Sent extends Command>(command: Sent): Sent {
  return onRequest(command, ({ protocol, headers }) => {
    if (protocol === 'https:') headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
  })
}

/** Sends the md5 of a request's text instead of the SDK's own checksum, which other servers than Amazon's do not know. */
export function withMd5<Sent extends Command>(command: Sent): Sent {
  return onRequest(command, ({ headers, body }) => {
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) return
    for (const name of Object.keys(headers)) {
      if (/^x-amz-(?:sdk-)?checksum-/i.test(name)) delete headers[name]
    }
    headers['content-md5'] = createHash('md5').update(body).digest('base64')
  })
}

function onRequest<Sent extends Command>(command: Sent, change: (request: Request) => void): Sent {
  command.middlewareStack.add(
    (next) => (args) => {
      change(args.request as Request)
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'dayshiftDigest', override: true },
  )
  return command
}
