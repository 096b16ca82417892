/** The rows along `axis`, in row-major order of the other axes; computed by indices, slowly and plainly. */
export function rowsAlong(shape: readonly number[], axis: number): number[][] {
  if (shape.length === 0) return [[0]]
  const at = axis < 0 ? axis + shape.length : axis
  const length = shape[at]
  const inner = shape.slice(at + 1).reduce((a, b) => a * b, 1)
  const outer = shape.slice(0, at).reduce((a, b) => a * b, 1)
  const rows: number[][] = []
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      rows.push(Array.from({ length }, (_, j) => (o * length + j) * inner + i))
    }
  }
  return rows
}

/** For each element, the row (along the reduced axes) to which it belongs, counted in row-major order. */
export function rowOfElement(shape: readonly number[], axes: readonly number[]): number[] {
  const reduced = new Set(axes.map((a) => (a < 0 ? a + shape.length : a)))
  const size = shape.reduce((a, b) => a * b, 1)
  return Array.from({ length: size }, (_, flat) => {
    let rest = flat
    let row = 0
    let scale = 1
    for (let d = shape.length - 1; d >= 0; d--) {
      const extent = shape[d]
      const at = rest % extent
      rest = (rest - at) / extent
      if (!reduced.has(d)) {
        row += at * scale
        scale *= extent
      }
    }
    return row
  })
}
