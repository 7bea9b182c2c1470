import { lineCursor, type Frame, type LineCursor } from '@dayshift/core'

/** Finds the physical lines of rows in a text table of one file; none elsewhere. */
export function linesOf(frame: Frame): LineCursor {
  // A copy that stands for the file has its lines.
  const [file] = frame.text?.files ?? []
  if (!frame.text || file === undefined || frame.files.length > 1 || /\.zst$/i.test(file)) {
    return { lineOf: () => Promise.resolve(undefined), close: () => Promise.resolve() }
  }
  return lineCursor(file, { ...frame.text.layout, columns: frame.columns.length })
}

/** A line as a field, where it is known. */
export function lineField(line: number | undefined): { line?: number } {
  return line === undefined ? {} : { line }
}
