import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own that has no room left but for a few kilobytes. Needs the right to mount one. */
export const fullDisk = {
  name: 'full disk',
  isPossible(folder) {
    const place = join(folder, 'may-mount')
    mkdirSync(place)
    if (!mount(place)) return false
    unmount(place)
    return true
  },
  /** Moves the project onto the small disk before anything is measured. */
  enter(home) {
    const aside = `${home}.aside`
    cpSync(home, aside, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
    rmSync(home, { recursive: true })
    mkdirSync(home)
    if (!mount(home)) throw new Error('cannot mount a small disk')
    cpSync(aside, home, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
    rmSync(aside, { recursive: true })
  },
  async inject({ home, start, words, random }) {
    const { bsize, bavail } = statfsSync(home)
    const room = random.below(40) * 4096
    const ballast = join(home, '.git', 'ballast')
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bsize * bavail - room)))
    const ended = await start(words).ended
    rmSync(ballast)
    return { results: [ended], what: `${room / 1024} kB free` }
  },
  leave: unmount,
}

function mount(place) {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'none', place], { stdio: 'ignore' }).status === 0
}

function unmount(place) {
  if (spawnSync('umount', [place], { stdio: 'ignore' }).status !== 0)
    spawnSync('umount', ['-l', place], { stdio: 'ignore' })
}
