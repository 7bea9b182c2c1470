import { setTimeout as sleep } from 'node:timers/promises'

/** SIGKILL at an instant by chance, within the time that the command takes. */
export const kill = {
  name: 'kill',
  async inject({ start, words, random, milliseconds }) {
    const { child, ended } = start(words)
    await sleep(milliseconds * (0.25 + random.below(1000) / 1200))
    child.kill('SIGKILL')
    return { results: [await ended] }
  },
}
