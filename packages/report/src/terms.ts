/** Words that lead to their definitions. */
import { type DefinitionId, definitions } from './definitions.ts'
import { type Html, html } from './html.ts'

/** A word, linked to what it means. */
export function term(id: DefinitionId, text: string): Html {
  return html`<a class="term" href="#define-${id}">${text}</a>`
}

/** A formula in which `x_i` and `x_{i, j}` have their indices set below. */
export function formula(text: string): Html {
  const parts = text.split(/_(\w+|\{[^}]*\})/).map((part, i) => {
    return i % 2 === 0 ? part : html`<sub>${part.replace(/[{}]/g, '')}</sub>`
  })
  return html`${parts}`
}

/** All definitions, where the links lead. */
export function glossary(): Html {
  const entries = Object.entries(definitions).map(
    ([id, { term: name, plain, exact, hides }]) => html`<div id="define-${id}"><dt>${name}</dt><dd>${plain}</dd>
<dd class="exact">${formula(exact)}</dd>${hides ? html`<dd class="hides"><b>What it hides:</b> ${hides}</dd>` : undefined}</div>
`,
  )
  return html`<dl>${entries}</dl>`
}
