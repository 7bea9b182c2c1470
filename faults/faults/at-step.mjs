const atStep = (name, kind, extra = {}) => ({
  name,
  ...extra,
  async inject({ start, words, random, steps }) {
    const at = 1 + random.below(steps)
    return { results: [await start(words, { kind, at }).ended], what: `step ${at} of ${steps}` }
  },
})

/** SIGKILL before a file operation by chance. */
export const killedAtStep = atStep('killed at step', 'kill')

/** A write that brings half of its bytes to the disk, and SIGKILL. */
export const tornWrite = atStep('torn write', 'torn')

/** From a file operation on, whatever needs room on the disk fails. */
export const fullFromStep = atStep('full from step', 'full')

/** One file operation fails as on a broken disk. */
export const brokenAtStep = atStep('broken step', 'broken')
