import { setTimeout as sleep } from 'node:timers/promises'

/** Three of the same command at once; one of them is killed in one round of two. */
export const atOnce = {
  name: 'three at once',
  async inject({ start, words, random, milliseconds }) {
    const all = [start(words), start(words), start(words)]
    const isKilled = random.below(2) === 0
    if (isKilled) {
      await sleep(milliseconds * (0.4 + random.below(1000) / 1000))
      all[0].child.kill('SIGKILL')
    }
    return { results: await Promise.all(all.map(({ ended }) => ended)), what: isKilled ? 'one killed' : 'none killed' }
  },
}
