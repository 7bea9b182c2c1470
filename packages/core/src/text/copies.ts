/** Files that stand for others, by their paths: decoded or mended, with the same lines. */
const originals = new Map<string, string>()

/**
 * Remembers that a file is read in another's place, so that errors name the one that a person knows.
 *
 * @example rememberCopy('/tmp/spill/latin1.csv', '/data/latin1.csv')
 */
export function rememberCopy(copy: string, original: string): void {
  originals.set(copy, originalOf(original))
}

/** The file that a path stands for: itself, where it is no copy. */
export function originalOf(path: string): string {
  return originals.get(path) ?? path
}
