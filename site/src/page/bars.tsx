/** Probabilities as bars, with their numbers. */
import type { JSX } from 'preact'
import { percent } from './format.ts'
import { className } from './row.ts'

interface Props {
  readonly probabilities: readonly number[]
  /** The data attribute that holds the number. */
  readonly name: string
  /** Where each bar stood before, as a tick on it. */
  readonly before?: readonly number[]
}

export function Bars({ probabilities, name, before }: Props): JSX.Element {
  return (
    <ol class="bars">
      {probabilities.map((p, j) => (
        <li key={className(j)} style={{ '--hue': `var(--class-${j})` }}>
          <span class="name">{className(j)}</span>
          <span class="bar">
            <span style={{ transform: `scaleX(${p || 0})` }} />
            {before && <i style={{ left: `${100 * (before[j] || 0)}%` }} />}
          </span>
          <output {...{ [`data-${name}`]: p }}>{p === 0 ? '0' : percent(p)}</output>
        </li>
      ))}
    </ol>
  )
}
