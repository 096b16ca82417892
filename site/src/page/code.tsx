/** The program that computes what is on the screen, to read and to take along. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

export function Code({ source }: { readonly source: string }): JSX.Element {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(source)
      setSaid('Copied.')
    } catch {
      setSaid('The browser does not let this page copy; select the text instead.')
    }
  }
  return (
    <details class="code">
      <summary>The same in TypeScript</summary>
      <pre>
        <code>{source}</code>
      </pre>
      <p>
        <button type="button" onClick={copy}>
          Copy code
        </button>{' '}
        <span role="status">{said}</span>
      </p>
    </details>
  )
}

/** A number as TypeScript writes it. */
export function literal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Numbers as a TypeScript array. */
export function literals(values: Iterable<number>): string {
  return `[${Array.from(values, literal).join(', ')}]`
}
