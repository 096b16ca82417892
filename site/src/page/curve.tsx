/** A small line chart: curves over one variable, and a mark where the control stands. */
import type { JSX } from 'preact'
import { short } from './format.ts'

export interface Series {
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly values: readonly number[]
  readonly dashed?: boolean
}

interface Props {
  /** What the picture shows, in words. */
  readonly label: string
  /** Where the values of the series stand; ticks tell from where to where the picture goes. */
  readonly x: readonly number[]
  readonly series: readonly Series[]
  /** Where the control stands. */
  readonly at: number
  readonly xLabel: string
  readonly yLabel: string
  readonly xTicks: readonly number[]
  readonly yTicks: readonly number[]
  readonly logarithmic?: boolean
  /** For a column half as wide. */
  readonly narrow?: boolean
}

const height = 240
const left = 44
const top = 12
const bottom = 40

export function Curve(props: Props): JSX.Element {
  const { label, x, series, at, xLabel, yLabel, xTicks, yTicks, logarithmic = false, narrow = false } = props
  const width = narrow ? 370 : 640
  const right = 16 + 8 * Math.max(...series.map(({ name }) => name.length))
  const place = (value: number) => (logarithmic ? Math.log(value) : value)
  const [from, to] = [xTicks[0], xTicks[xTicks.length - 1]]
  const [low, high] = [place(from), place(to)]
  const [floor, ceiling] = [yTicks[0], yTicks[yTicks.length - 1]]
  const across = (value: number) => left + ((place(value) - low) / (high - low)) * (width - left - right)
  const up = (value: number) =>
    height - bottom - ((clamp(value, floor, ceiling) - floor) / (ceiling - floor)) * (height - top - bottom)
  const marked = clamp(at, from, to)
  const drawn = series.filter(({ values }) => values.length > 0)
  const names = apart(drawn.map(({ values }) => up(values[values.length - 1])))
  return (
    <svg class={narrow ? 'curve narrow' : 'curve'} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {yTicks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={width - right} y1={up(tick)} y2={up(tick)} />
          <text class="tick" x={left - 8} y={up(tick)} dy="0.32em" text-anchor="end">
            {short(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick) => (
        <text key={tick} class="tick" x={across(tick)} y={height - bottom + 18} text-anchor="middle">
          {short(tick)}
        </text>
      ))}
      <text class="tick" x={(left + width - right) / 2} y={height - 4} text-anchor="middle">
        {xLabel}
      </text>
      <text class="tick" x={left} y={top - 2} text-anchor="start">
        {yLabel}
      </text>
      <line class="mark" x1={across(marked)} x2={across(marked)} y1={top} y2={height - bottom} />
      {drawn.map(({ name, colour, values, dashed }, i) => (
        <g key={name} style={{ '--hue': colour }}>
          <polyline
            class={dashed ? 'dashed' : ''}
            points={values.map((value, k) => `${across(x[k]).toFixed(1)},${up(value).toFixed(1)}`).join(' ')}
          />
          <text class="series" x={width - right + 6} y={names[i]} dy="0.32em">
            {name}
          </text>
        </g>
      ))}
    </svg>
  )
}

/** Evenly spaced numbers, or evenly spaced in their logarithms. */
export function spaced(low: number, high: number, count: number, logarithmic = false): number[] {
  const between = (from: number, to: number, i: number) => from + ((to - from) * i) / (count - 1)
  return Array.from({ length: count }, (_, i) =>
    logarithmic ? Math.exp(between(Math.log(low), Math.log(high), i)) : between(low, high, i),
  )
}

/** Heights at which names do not lie on each other: in their order, upwards from the lowest. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights]
  const order = heights.map((_, i) => i).sort((a, b) => heights[b] - heights[a] || b - a)
  let free = height
  for (const i of order) {
    moved[i] = Math.min(heights[i], free)
    free = moved[i] - 15
  }
  return moved
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
