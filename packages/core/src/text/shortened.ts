/**
 * A text of so many characters at most, that is UTF-8 whatever it was: halves of characters become `�`.
 *
 * @example shortened('weather', 4) // 'weat…'
 */
export function shortened(text: string, characters: number): string {
  const cut = text.length > characters ? `${text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '')}…` : text
  return cut.replaceAll(/\p{Surrogate}/gu, '\uFFFD')
}
