/** A number that is dragged, stepped by keys, or typed. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { readNumber } from './address.ts'
import { short } from './format.ts'

interface Props {
  /** What is set, for screen readers; the visible label stands beside the slider. */
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** What may be typed, where that is more than the slider shows. */
  readonly accepts?: (value: number) => boolean
  readonly onChange: (value: number) => void
}

export function Slider({ label, value, min, max, step, accepts, onChange }: Props): JSX.Element {
  const within = Math.min(max, Math.max(min, value))
  return (
    <span class="slider">
      <input
        type="range"
        aria-label={label}
        aria-valuetext={short(value)}
        min={min}
        max={max}
        step={step}
        value={within}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <Field
        label={`${label}, as a number`}
        value={value}
        accepts={accepts ?? ((typed) => typed >= min && typed <= max)}
        onChange={onChange}
      />
    </span>
  )
}

interface FieldProps extends Pick<Props, 'label' | 'value' | 'onChange'> {
  readonly accepts: (value: number) => boolean
}

/** A number that is typed; what is no number, or out of range, is marked and changes nothing. */
export function Field({ label, value, accepts, onChange }: FieldProps): JSX.Element {
  const [typed, setTyped] = useState<string>()
  const understood = (text: string) => {
    const read = readNumber(text)
    return read !== undefined && accepts(read) ? read : undefined
  }
  return (
    <input
      type="text"
      class="field"
      inputMode="text"
      aria-label={label}
      aria-invalid={typed !== undefined && understood(typed) === undefined}
      value={typed ?? short(value)}
      onInput={(event) => {
        const text = event.currentTarget.value
        setTyped(text)
        const read = understood(text)
        if (read !== undefined) onChange(read)
      }}
      onBlur={() => setTyped(undefined)}
    />
  )
}
