import { createHash } from 'node:crypto'
import { html, trusted, type Content, type Html } from './markup.ts'
import { STYLE } from './style.ts'

/** Bytes that a page has at most, whatever it tells of. */
const MOST_BYTES = 300_000

/** Of these, what is no section: the frame of the page, its style, and the table of contents. */
const FRAME_BYTES = 20_000

/** Bytes that the sections of a page may have together. */
export const SECTION_BYTES = MOST_BYTES - FRAME_BYTES

/** A page and what stands on it. */
export interface Page {
  readonly title: string
  /** What stands below the title. */
  readonly lead: Content
  /** Links to the sections, where there are several. */
  readonly contents?: readonly { readonly id: string; readonly title: string }[]
  readonly body: Content
  readonly version: string
}

/** Lines of a table of contents. */
const MOST_CONTENTS = 50

/** The policy of a page: it may do nothing at all, but have the style that stands in it. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** A page in one file that asks for no other, and runs no code. */
export function pageOf({ title, lead, contents = [], body, version }: Page): string {
  const links = contents.slice(0, MOST_CONTENTS)
  const nav = links.length < 2 ? undefined : navOf(links)
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${trusted(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">To the content</a>
        <header>
          <h1>${title}</h1>
          ${lead}
        </header>
        ${nav}
        <main id="main">${body}</main>
        <footer><p class="meta">dayshift ${version}</p></footer>
      </body>
    </html> `.text.trim()
}

function navOf(links: readonly { readonly id: string; readonly title: string }[]): Html {
  return html`<nav aria-label="Contents">
    <ul>
      ${links.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`
}
