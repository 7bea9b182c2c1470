import { nearest, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { DvcConfig, RemoteSettings } from '../config.ts'
import { localRemote } from './local.ts'
import type { Remote } from './remote.ts'

/** What remotes need beside their settings. */
export interface RemoteOptions {
  /** Variables that credentials and proxies are taken from, such as `AWS_PROFILE`; none by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

/** A remote of a repository. */
export interface NamedRemote {
  readonly name: string
  readonly settings: RemoteSettings
}

/**
 * The settings of a remote. A URL like `remote://store/data` means the folder `data` of the remote `store`, whose other
 * settings it takes over.
 *
 * @param name the default remote's by default
 * @throws DS_REMOTE_UNKNOWN
 */
export function remoteNamed(config: DvcConfig, name?: string): NamedRemote {
  const wanted = name?.toLowerCase() ?? config.remote
  if (wanted === undefined) {
    throw failure('DS_REMOTE_UNKNOWN', 'no remote was named, and none is the default', {
      hint: 'Add one with `dayshift dvc remote add -d NAME URL`, or name one with --remote.',
    })
  }
  return { name: wanted, settings: resolve(config, wanted, []) }
}

function resolve(config: DvcConfig, name: string, above: readonly string[]): RemoteSettings {
  const settings = config.remotes?.[name]
  if (settings?.['url'] === undefined) {
    const names = Object.keys(config.remotes ?? {})
    const near = nearest(name, names)
    throw failure('DS_REMOTE_UNKNOWN', `there is no remote '${name}' in the config`, {
      where: name,
      ...(near === undefined ? {} : { hint: `Did you mean '${near}'?` }),
    })
  }
  const [, base, path = ''] = /^remote:\/\/([^/]+)\/?(.*)$/i.exec(settings['url']) ?? []
  if (base === undefined) return settings
  if (above.includes(base)) {
    throw failure('DS_REMOTE_UNKNOWN', `the remote '${name}' leads back to itself`, { where: name })
  }
  const from = resolve(config, base.toLowerCase(), [...above, name])
  const url = [from['url']?.replace(/\/+$/, ''), path].filter(Boolean).join('/')
  return { ...from, ...settings, url }
}

/**
 * Opens a remote. What speaks to it is loaded now.
 *
 * @throws DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE
 */
export async function openRemote({ name, settings }: NamedRemote, options: RemoteOptions = {}): Promise<Remote> {
  const { url = '' } = settings
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case '':
      return localRemote({ dir: url, shared: settings['shared'] === 'group' })
    case 'file':
      return localRemote({ dir: new URL(url).pathname, shared: settings['shared'] === 'group' })
    case 's3': {
      const { s3Remote } = await import('./s3.ts')
      return s3Remote(settings, options)
    }
    case 'http':
    case 'https': {
      const { httpRemote } = await import('./http.ts')
      return httpRemote(settings)
    }
    default:
      throw failure(
        'DS_REMOTE_UNSUPPORTED',
        `the remote '${name}' is at ${withoutSecrets(url)}, and remotes of ${scheme}:// come later`,
        { where: name, hint: `The real DVC speaks to it: dvc push, dvc pull.` },
      )
  }
}
