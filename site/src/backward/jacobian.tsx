/** The Jacobian as a heat map whose cells explain themselves. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { fixed, short } from '../page/format.ts'
import { className, temperature } from '../page/row.ts'
import type { Part } from './derivation.tsx'
import { jacobian, probabilities } from './state.ts'

/** The logit (column) and the probability (row) that are looked at. */
export const chosen = signal({ row: 0, column: 0 })
/** What the derivation's step in hand is about. */
export const shown = signal<Part | undefined>(undefined)

const moves: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

export function Jacobian(): JSX.Element {
  const table = useRef<HTMLTableElement>(null)
  const n = probabilities.value.length
  const row = Math.min(chosen.value.row, n - 1)
  const column = Math.min(chosen.value.column, n - 1)
  const largest = jacobian.value.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  const indices = Array.from({ length: n }, (_, i) => i)

  const move = (event: KeyboardEvent) => {
    const step = moves[event.key]
    if (!step) return
    event.preventDefault()
    const to = { row: (row + step[0] + n) % n, column: (column + step[1] + n) % n }
    chosen.value = to
    table.current?.querySelectorAll('button')[to.row * n + to.column]?.focus()
  }

  return (
    <div class="jacobian">
      <table ref={table} onKeyDown={move}>
        <caption>The Jacobian: how much the probability of a row moves when the logit of a column does</caption>
        <thead>
          <tr>
            <td />
            {indices.map((j) => (
              <th key={j} scope="col">
                x<sub>{className(j)}</sub>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indices.map((i) => (
            <tr key={i}>
              <th scope="row">
                y<sub>{className(i)}</sub>
              </th>
              {indices.map((j) => {
                const value = jacobian.value[i * n + j]
                const text = n > 6 ? (value < 0 ? '−' : '+') : fixed(value, 3)
                return (
                  <td key={j}>
                    <button
                      type="button"
                      class={`cell ${value < 0 ? 'negative' : 'positive'} ${lit(i, j, column) ? 'lit' : ''}`}
                      style={{ '--strength': `${(100 * Math.abs(value)) / largest}%` }}
                      tabIndex={i === row && j === column ? 0 : -1}
                      aria-pressed={i === row && j === column}
                      aria-label={`${text}: y ${className(i)} by x ${className(j)}`}
                      onClick={() => {
                        chosen.value = { row: i, column: j }
                      }}
                      onPointerEnter={() => {
                        chosen.value = { row: i, column: j }
                      }}
                    >
                      {text}
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p role="status" class="remark">
        {explain(row, column)}
      </p>
    </div>
  )
}

function lit(i: number, j: number, column: number): boolean {
  const part = shown.value
  if (part === 'all') return true
  if (part === 'diagonal') return i === j
  if (part === 'beside') return i !== j
  return (part === 'column' || part === 'gradient') && j === column
}

function explain(i: number, j: number): string {
  const y = probabilities.value
  const value = jacobian.value[i * y.length + j]
  const [a, b] = [className(i), className(j)]
  const over = temperature.value === 1 ? '' : ` / ${short(temperature.value)}`
  const product =
    i === j
      ? `y${sub(a)}·(1 − y${sub(a)})${over} = ${short(y[i])}·${short(1 - y[i])}${over}`
      : `−y${sub(a)}·y${sub(b)}${over} = −${short(y[i])}·${short(y[j])}${over}`
  const effect = `Raising the logit of ${b} by 0.1 ${value < 0 ? 'lowers' : 'raises'} the probability of ${a} by about ${short(Math.abs(value) / 10)}.`
  return `∂y${sub(a)}/∂x${sub(b)} = ${product} = ${short(value)}. ${effect}`
}

/** Letters have no subscript forms in Unicode: an underscore reads best in plain text. */
const sub = (letter: string) => `_${letter}`
