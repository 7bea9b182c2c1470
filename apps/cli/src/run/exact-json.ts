/** JSON of plain data; undefined where a number is none that JSON knows: it would come back as another. */
export function exactJson(data: unknown): string | undefined {
  let isExact = true
  const text = JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value !== 'bigint' && (typeof value !== 'number' || Number.isFinite(value))) return value
    isExact = false
    return null
  })
  return isExact ? text : undefined
}
