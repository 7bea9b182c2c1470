import { createRequire } from 'node:module'
import type * as YamlLibrary from 'yaml'

type Yaml = typeof YamlLibrary

let library: Yaml | undefined

/** The YAML library, loaded when the first file is read: it takes as long as all else of a start. */
export function yaml(): Yaml {
  library ??= createRequire(import.meta.url)('yaml') as Yaml
  return library
}
