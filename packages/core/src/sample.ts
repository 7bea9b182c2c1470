import { stat } from 'node:fs/promises'
import { failure } from './codes.ts'
import type { DatasetRef } from './dataset.ts'
import { isReading } from './reading.ts'
import type { DrawnFacts } from './sampling/drawn.ts'
import { SAMPLE_KINDS } from './sampling/plan.ts'
import type { SamplePlan } from './sampling/plan.ts'
import type { Reading } from './source.ts'

/** How a sample was drawn: enough to draw it again. Plain data, to be kept as JSON. */
export interface SampleManifest extends DrawnFacts {
  /** Version of this shape. */
  readonly manifest: 1
  readonly source: DatasetRef
  /** How the source was read, where that is not told by its name and looks. */
  readonly reading?: Reading
  /** The source's files as they were, where it has any. */
  readonly files: readonly SampledFile[]
  readonly plan: SamplePlan
  /** The verbs that the rows went through before they were drawn; none where they came as they are in the source. */
  readonly verbs: readonly string[]
}

/** A file that a sample was drawn from. */
export interface SampledFile {
  readonly path: string
  readonly bytes: number
  /** Time of the last change: ISO 8601, UTC. */
  readonly modified: string
}

/** Files as they are now. */
export async function sampledFiles(paths: readonly string[]): Promise<SampledFile[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtime } = await stat(path)
      return { path, bytes: size, modified: mtime.toISOString() }
    }),
  )
}

/**
 * Reads a manifest that was kept as JSON.
 *
 * @throws DS_SAMPLE where it is none
 * @example readManifest(JSON.parse(await readFile('sample.json', 'utf8')))
 */
export function readManifest(value: unknown): SampleManifest {
  const given = (value ?? {}) as Partial<SampleManifest>
  const whole =
    given.manifest === 1 &&
    SAMPLE_KINDS.some((kind) => kind === given.plan?.kind) &&
    typeof given.source?.namespace === 'string' &&
    typeof given.source.name === 'string' &&
    typeof given.rows === 'number' &&
    (given.reading === undefined || isReading(given.reading)) &&
    Array.isArray(given.verbs) &&
    Array.isArray(given.files) &&
    given.files.every((file) => typeof file?.path === 'string' && typeof file.bytes === 'number')
  if (!whole) {
    throw failure('DS_SAMPLE', 'this is no manifest of a sample', {
      hint: 'It is what frame.manifest() gives, as JSON.',
    })
  }
  return given as SampleManifest
}

/**
 * Checks that a sample can be drawn again: that it came from a source as it is, and that the source is still the same.
 * A sample by key may be drawn from a source that has changed: that is what it is for.
 *
 * @param places where the source's files are now, in order; default: where they were
 * @throws DS_SAMPLE where it is no manifest, or one that cannot be repeated
 * @throws DS_SAMPLE_SOURCE where the source is another one now
 */
export async function checkManifest(manifest: SampleManifest, places?: readonly string[]): Promise<void> {
  const { verbs, files, plan, source } = readManifest(manifest)
  if (verbs.length > 0) {
    throw failure('DS_SAMPLE', `the sample was drawn after ${verbs.join(', ')}, which a manifest cannot repeat`, {
      hint: 'Run the code that drew it.',
    })
  }
  if (plan.kind === 'key') return
  const hint = `Restore the version that it was drawn from${source.version === undefined ? '' : ` (${source.version})`}.`
  if (places && places.length !== files.length) {
    throw failure(
      'DS_SAMPLE_SOURCE',
      `the source has ${places.length} files, not ${files.length}: the same sample cannot be drawn from it`,
      { where: source.uri, hint },
    )
  }
  for (const [at, { path, bytes }] of files.entries()) {
    const place = places?.[at] ?? path
    const now = await stat(place).catch(() => undefined)
    if (now?.size === bytes) continue
    const what = now === undefined ? 'is not there any more' : `has ${now.size} bytes, not ${bytes}`
    throw failure('DS_SAMPLE_SOURCE', `${place} ${what}: the same sample cannot be drawn from it`, {
      where: place,
      hint,
    })
  }
}
