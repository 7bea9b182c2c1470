import { isAddress, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { ConfigLevel } from '../config.ts'
import type { IniValue } from '../formats/ini.ts'

/** Settings of remotes that let whoever reads them in. */
const SECRETS: ReadonlySet<string> = new Set([
  'access_key_id',
  'account_key',
  'client_secret',
  'connection_string',
  'gdrive_client_secret',
  'oss_key_id',
  'oss_key_secret',
  'passphrase',
  'password',
  'sas_token',
  'secret_access_key',
  'session_token',
  'sse_customer_key',
  'token',
])

/** A setting of a remote as it may be printed: `***` for a secret, addresses without user and password. */
export function veiled(key: string, value: IniValue): IniValue {
  const text = String(value)
  if (isSecret(key, text)) return isAddress(text) ? withoutSecrets(text) : '***'
  return typeof value === 'string' ? withoutSecrets(value) : value.map(withoutSecrets)
}

/**
 * Refuses a secret in the file that git records.
 *
 * @param hint the command that keeps it out of there
 * @throws DS_DVC_SECRET
 */
export function refuseSecret(level: ConfigLevel, remote: string, key: string, value: string, hint: string): void {
  if (level !== 'repo' || !isSecret(key, value)) return
  const what = SECRETS.has(key) ? 'is' : 'holds'
  throw failure('DS_DVC_SECRET', `${key} of the remote '${remote}' ${what} a secret, and git records .dvc/config`, {
    where: `remote.${remote}.${key}`,
    hint,
  })
}

/**
 * Refuses a secret in a `.dvc` file, which git records.
 *
 * @param said what would stand there: addresses, and settings by DVC's names
 * @throws DS_DVC_SECRET
 */
export function refuseRecordedSecrets(said: Readonly<Record<string, unknown>>, file: string): void {
  for (const [key, value] of Object.entries(said)) {
    if (typeof value !== 'string' || !isSecret(key, value)) continue
    const what = SECRETS.has(key) ? 'is' : 'holds'
    throw failure('DS_DVC_SECRET', `${key} ${what} a secret, and git records ${file}`, {
      where: key,
      hint: isAddress(value)
        ? addressHint(value)
        : 'Set up a remote with it: dayshift dvc remote add --local NAME URL; import-url takes remote://NAME/PATH.',
    })
  }
}

function addressHint(address: string): string {
  const bare = bareAddress(address)
  return isSigned(address)
    ? `A signed address is good for a while only, so that nobody could follow it: get the data once with dayshift dvc get-url, and track it with dayshift dvc add. Or give ${bare}, where that is let in.`
    : `Give ${bare}: git asks its own helpers for passwords, and a remote of .dvc/config.local has them for remote://NAME/PATH.`
}

/** Whether a secret is a parameter of an address. */
function isSigned(address: string): boolean {
  return withoutSecrets(address).includes('=***')
}

/** An address without user and password, and without the parameters that are secret or belong to a signature. */
function bareAddress(address: string): string {
  const [place = '', query] = withoutSecrets(address).split(/\?(.*)/s)
  const kept = (query ?? '').split('&').filter((word) => word !== '' && !/=\*\*\*|^x-(?:amz|goog)-/i.test(word))
  return kept.length === 0 ? place : `${place}?${kept.join('&')}`
}

/** What to do instead of having a secret in a url. */
export function urlHint(remote: string, url: string): string {
  const bare = withoutSecrets(url)
  if (bare.includes('***')) return 'Say --local: .dvc/config.local is not in git.'
  const keys = /^s3:/i.test(url) ? ['access_key_id', 'secret_access_key'] : ['user', 'password']
  const each = keys.map((key) => `dayshift dvc remote modify --local ${remote} ${key} VALUE`)
  return `Give the url as ${bare}, and then ${each.join(' and ')}. Or say --local: .dvc/config.local is not in git.`
}

function isSecret(key: string, value: string): boolean {
  if (SECRETS.has(key)) return true
  // It is the name of a header, which is none; some write the value behind it.
  if (key === 'custom_auth_header') return /[\s:=]/.test(value)
  return isAddress(value) && hasSecret(value)
}

/** A user alone is no secret: `ssh://ada@host/data`. */
function hasSecret(address: string): boolean {
  const bare = address.replace(/^([\w+.-]+:\/\/)[^/?#@:]*@/, '$1')
  return withoutSecrets(bare) !== bare
}
