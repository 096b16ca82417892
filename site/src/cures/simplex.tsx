/** The probabilities of three classes as a point in a triangle: a corner is certainty, an edge rules one class out. */
import type { JSX } from 'preact'
import { percent } from '../page/format.ts'
import { className } from '../page/row.ts'

interface Props {
  readonly point: readonly number[]
  /** Where the point goes as the control moves. */
  readonly path: readonly (readonly number[])[]
}

const side = 300
const height = (side * Math.sqrt(3)) / 2
const corners = [
  [side / 2, 0],
  [0, height],
  [side, height],
]
const labels = [
  { dx: 0, dy: -10, anchor: 'middle' },
  { dx: -10, dy: 14, anchor: 'end' },
  { dx: 10, dy: 14, anchor: 'start' },
] as const

/** The mean of the corners under the probabilities. */
function place(p: readonly number[]): [x: number, y: number] {
  const along = (axis: 0 | 1) => p.reduce((sum, share, j) => sum + share * corners[j][axis], 0)
  return [along(0), along(1)]
}

const text = (p: readonly number[]) =>
  place(p)
    .map((value) => value.toFixed(2))
    .join()

export function Simplex({ point, path }: Props): JSX.Element {
  const [x, y] = place(point)
  const thirds = [1 / 3, 1 / 3, 1 / 3]
  return (
    <svg
      class="simplex"
      viewBox={`-40 -28 ${side + 80} ${height + 56}`}
      role="img"
      aria-label={`A point in the triangle of three classes: ${point.map((p, j) => `${className(j)} ${percent(p)}`).join(', ')}`}
    >
      <polygon points={corners.map((corner) => corner.join()).join(' ')} />
      {corners.map((_, j) => (
        <line
          key={className(j)}
          class="grid"
          x1={place(thirds)[0]}
          y1={place(thirds)[1]}
          x2={place([0, 1, 2].map((k) => (k === j ? 0 : 0.5)))[0]}
          y2={place([0, 1, 2].map((k) => (k === j ? 0 : 0.5)))[1]}
        />
      ))}
      <polyline points={path.map(text).join(' ')} />
      {corners.map(([cx, cy], j) => (
        <text
          key={className(j)}
          x={cx + labels[j].dx}
          y={cy + labels[j].dy}
          text-anchor={labels[j].anchor}
          style={{ '--hue': `var(--class-${j})` }}
        >
          {className(j)}
        </text>
      ))}
      <circle cx={x} cy={y} r="7" />
    </svg>
  )
}
