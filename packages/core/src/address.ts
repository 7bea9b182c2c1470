/** Different spellings of one scheme, so that one place has one identity. */
const SCHEMES: Readonly<Record<string, string>> = {
  s3a: 's3',
  s3n: 's3',
  gcs: 'gs',
  abfs: 'abfss',
  wasb: 'wasbs',
  postgresql: 'postgres',
  sqlserver: 'mssql',
  cosmosdb: 'azurecosmos',
}

/** What stands before `@` is the container here, not a user. */
const CONTAINER_STORES = new Set(['abfss', 'wasbs'])

/** A scheme as identities have it. */
export function schemeOf(text: string): string {
  const scheme = text.toLowerCase()
  return SCHEMES[scheme] ?? scheme
}

/**
 * An address without its user and password.
 *
 * @param rest what follows `scheme://`
 */
export function withoutUser(scheme: string, rest: string): string {
  const end = rest.search(/[/?#]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  let at = authority.lastIndexOf('@')
  // `user:p/w@host`: what follows the colon is no port, so the password goes on behind the slash.
  if (at < 0 && /:(?!\d+$)/.test(authority.replace(/^\[[^\]]*\]/, ''))) at = rest.lastIndexOf('@')
  if (at < 0) return rest
  const container = CONTAINER_STORES.has(scheme) ? `${(rest.slice(0, at).split(':', 1)[0] as string).trim()}@` : ''
  return container + rest.slice(at + 1)
}
