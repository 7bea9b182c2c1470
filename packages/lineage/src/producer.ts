import { createRequire } from 'node:module'

/** The version of this package; `unknown` where it was bundled away from its `package.json`. */
export const VERSION: string = /* @__PURE__ */ versionOfPackage()

/** Who made an event, in `producer` and in the `_producer` of every facet. */
export const PRODUCER: string = /* @__PURE__ */ `urn:dayshift:lineage:${VERSION}`

function versionOfPackage(): string {
  try {
    const { name, version } = createRequire(import.meta.url)('../package.json') as Record<string, unknown>
    return name === '@dayshift/lineage' && typeof version === 'string' ? version : 'unknown'
  } catch {
    return 'unknown'
  }
}
