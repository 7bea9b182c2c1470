import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { findChromium } from './chromium.ts'
import { installNpmPeer } from './peer.ts'
import { NPM_PEERS } from './peers.ts'
test('shots', async () => {
  const chromium = await findChromium()
  const peer = await installNpmPeer(NPM_PEERS.browser)
  const { chromium: launcher } = createRequire(join(peer, 'package.json'))('playwright-core') as any
  const browser = await launcher.launch({ ...chromium, args: ['--no-sandbox', '--disable-gpu'] })
  const out = process.env['SHOT_OUT'] as string
  for (const file of (process.env['SHOTS'] as string).split(',')) {
    const name = file.split('/').at(-1)!.replace('.html', '')
    for (const [kind, options] of Object.entries({
      light: { viewport: { width: 1100, height: 800 }, colorScheme: 'light' },
      dark: { viewport: { width: 1100, height: 800 }, colorScheme: 'dark' },
      narrow: { viewport: { width: 360, height: 700 }, colorScheme: 'light' },
    })) {
      const context = await browser.newContext(options)
      const page = await context.newPage()
      await page.goto(pathToFileURL(file).href)
      await page.screenshot({
        path: join(out, `${name}-${kind}.png`),
        clip: { x: 0, y: 0, width: (options as any).viewport.width, height: 1300 },
        fullPage: true,
      })
      if (kind === 'light') {
        await page.emulateMedia({ media: 'print' })
        await page.screenshot({
          path: join(out, `${name}-print.png`),
          clip: { x: 0, y: 0, width: 1100, height: 1000 },
          fullPage: true,
        })
      }
      await context.close()
    }
  }
  await browser.close()
  expect(1).toBe(1)
}, 300_000)
