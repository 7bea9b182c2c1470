import { failure } from './codes.ts'
import { formatOf } from './format.ts'
import { Frame } from './frame.ts'
import { open, type Openable, type OpenOptions } from './open.ts'
import { checkManifest, readManifest, type SampleManifest } from './sample.ts'
import type { SampleOptions, SamplePlan } from './sampling/plan.ts'

/** How to draw a sample again: where its source is now, and how it is written where that is not as it was. */
export interface RebuildOptions extends OpenOptions {
  /** The source, or a frame of it as it is. Default: where it was. */
  readonly source?: Openable | Frame | undefined
}

/**
 * Draws the sample again that a manifest describes, from its source as it was read then: the same rows, or an error. A
 * sample by key may be drawn from a source that has changed, and from another source that has the key too.
 *
 * @returns the sample, drawn
 * @throws DS_SAMPLE where it is no manifest, or one that cannot be repeated
 * @throws DS_SAMPLE_SOURCE where the source is another one now
 * @example const sampled = await rebuildSample(JSON.parse(await readFile('sample.json', 'utf8')))
 */
export async function rebuildSample(manifest: SampleManifest, options: RebuildOptions = {}): Promise<Frame> {
  const { source, ...said } = options
  const { source: was, reading, plan, rows, sourceRows, estimated, digest } = readManifest(manifest)
  const opening = { ...reading, ...said }
  let frame: Frame
  if (source instanceof Frame) frame = source
  else if (source !== undefined) frame = await open(source, opening)
  else {
    await checkManifest(manifest)
    if (was.namespace !== 'file') {
      throw failure('DS_SAMPLE_SOURCE', `the sample was drawn from ${was.uri}, which is gone`, {
        hint: 'Give the source again.',
      })
    }
    frame = await open(was.name, { ...opening, format: opening.format ?? formatOf(`.${was.format ?? ''}`) })
  }
  await checkManifest(manifest, frame.files)
  const sampled = frame.sample(optionsOf(plan))
  const drawn = await sampled.manifest({ signal: options.signal, onProgress: options.onProgress })
  const counted = estimated ? drawn.sourceRows : sourceRows
  if (plan.kind !== 'key' && (drawn.rows !== rows || drawn.sourceRows !== counted)) {
    throw failure(
      'DS_SAMPLE_SOURCE',
      `${drawn.rows} rows of ${drawn.sourceRows ?? 'some'} were drawn, not ${rows} of ${sourceRows ?? 'some'}: the source has changed, or is read in another way`,
      { where: frame.dataset.uri, hint: 'Open it as it was opened then: the same delimiter, header, lines skipped.' },
    )
  }
  if (plan.kind !== 'key' && digest !== undefined && drawn.digest !== digest) {
    throw failure(
      'DS_SAMPLE_SOURCE',
      'other rows were drawn than then: the source has changed, or is read in another way',
      {
        where: frame.dataset.uri,
        hint: 'Restore the version that it was drawn from, and open it as it was opened then.',
      },
    )
  }
  return sampled
}

function optionsOf({ kind, ...plan }: SamplePlan): SampleOptions {
  return kind === 'head' || kind === 'blocks' ? { ...plan, method: kind } : plan
}
