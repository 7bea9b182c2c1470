import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unpackDebPeer } from './peer.ts'
import { DEB_PEERS } from './peers.ts'

/** A Chromium, and what its environment must say so that it finds its libraries. */
export interface Chromium {
  readonly executablePath: string
  readonly env: Record<string, string>
}

/** Debian's Chromium; `undefined` where it cannot be fetched or does not run. */
export async function findChromium(): Promise<Chromium | undefined> {
  try {
    const { name, packages } = DEB_PEERS.chromium
    const home = await unpackDebPeer(name, packages)
    const libraries = join(home, 'usr', 'lib', 'x86_64-linux-gnu')
    const found: Chromium = {
      executablePath: join(home, 'usr', 'lib', 'chromium', 'chromium'),
      env: { HOME: home, LD_LIBRARY_PATH: `${libraries}:${join(libraries, 'pulseaudio')}` },
    }
    await promisify(execFile)(found.executablePath, ['--no-sandbox', '--version'], { env: found.env })
    return found
  } catch {
    console.warn('interop: Chromium is not here and cannot be fetched, so pages are not opened in it')
    return undefined
  }
}
