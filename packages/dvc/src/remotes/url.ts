import { isAddress, withoutSecrets, type Finding } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/** Kinds of addresses that dayshift speaks to, beside folders. */
const SPOKEN: ReadonlySet<string> = new Set(['file', 's3', 'http', 'https', 'remote'])

/**
 * Checks the url of a remote for what DVC lets pass, and then cannot reach.
 *
 * @returns what a person should know: that only DVC itself speaks to such a remote
 * @throws DS_DVC_CONFIG_VALUE for an address without a host or bucket
 */
export function checkUrl(remote: string, url: string): Finding[] {
  if (!isAddress(url)) return []
  const [, scheme = '', host = ''] = /^([^:]*):\/\/([^/?#]*)/.exec(url) ?? []
  const kind = scheme.toLowerCase()
  if (/^(?:https?|s3)$/.test(kind) && /^(?:.*@)?(?::\d*)?$/.test(host)) {
    const what = kind === 's3' ? 'bucket' : 'host'
    throw failure('DS_DVC_CONFIG_VALUE', `${withoutSecrets(url)} names no ${what}`, {
      where: `remote.${remote}.url`,
      hint: kind === 's3' ? 'As s3://bucket/folder.' : `As ${kind}://example.com/data.`,
    })
  }
  if (SPOKEN.has(kind)) return []
  return [
    {
      severity: 'warn',
      code: 'remote.unspoken',
      message: `dayshift does not speak to ${kind}:// yet; DVC does`,
      hint: 'Use the real dvc to push and pull there; all else works with both.',
    },
  ]
}

/** The remote that a url stands on: `store` of `remote://store/folder`; `undefined` where it stands on none. */
export function baseOf(url: string): string | undefined {
  return /^remote:\/\/([^/]+)/i.exec(url)?.[1]?.toLowerCase()
}
