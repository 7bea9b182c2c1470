import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { canonicalJson, withoutSecrets } from '@dayshift/core/ground'
import type { TransportConfig } from '../config/transport-config.ts'

/** Where events of one transport wait. */
export interface SpoolPlace {
  readonly folder: string
  /** The folder of earlier versions, which went by the name alone. */
  readonly earlier: string
  /** Where the events are sent to, without secrets. */
  readonly destination: string
}

/**
 * The folder in which events wait for a transport: by its name, and by where it sends to, so that events for one server never go
 * to another that has the name later.
 *
 * @param folder in which each transport has a folder
 * @example spoolPlace('.dayshift/spool', 'http', config).folder // '.dayshift/spool/http-9f86d081'
 */
export function spoolPlace(folder: string, name: string, config: TransportConfig): SpoolPlace {
  const stem = name.replace(/^\.+|[^\w.-]+/g, '_')
  const destination = destinationOf(config)
  const hash = createHash('sha256')
    .update(canonicalJson([name, destination]))
    .digest('hex')
    .slice(0, 8)
  return { folder: join(folder, `${stem}-${hash}`), earlier: join(folder, stem), destination }
}

/** Where a transport sends to, in words: addresses without secrets. */
function destinationOf(config: TransportConfig): string {
  switch (config.type) {
    case 'http': {
      const { endpoint = 'api/v1/lineage', url } = config
      return withoutSecrets(URL.canParse(endpoint, url) ? new URL(endpoint, url).href : url)
    }
    case 'file':
      return config.path
    case 'transform':
      return destinationOf(config.transport)
    case 'composite':
      return config.transports.map(destinationOf).join(', ')
    default:
      return config.type
  }
}
