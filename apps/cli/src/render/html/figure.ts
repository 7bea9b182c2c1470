import { html, type Html } from './markup.ts'

/**
 * A drawing with what it shows in words, for those who do not see it, and with what it means beneath.
 *
 * @param size of the drawing, in pixels
 */
export function figure(
  { width, height }: { readonly width: number; readonly height: number },
  label: Html,
  drawing: Html,
  caption: Html,
): Html {
  return html`<figure>
    <svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
      ${drawing}
    </svg>
    <figcaption>${caption}</figcaption>
  </figure>`
}
