/** The one place where text becomes HTML. */

/** Text that is HTML already. */
export class Html {
  readonly text: string

  /** Only this file makes one, so that nothing unescaped comes from elsewhere. */
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Html | string | number | undefined | readonly Part[]

/** A template whose values are escaped, lists joined, and nothing made of undefined. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, i) => text + write(values[i - 1]) + string))
}

function write(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  return typeof part === 'object' ? part.map(write).join('') : escaped(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return clean(text).replace(/[&<>"']/g, (character) => entities[character])
}

/** A NUL is no character of HTML, and an unpaired surrogate none of UTF-8. */
function clean(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
}

/** An element as its document writes it, which escapes what it holds. */
export function element(made: Element): Html {
  return new Html(clean(made.outerHTML))
}

/** A style sheet of our own; text from outside has no place in it. */
export function style(sheet: string): Html {
  if (sheet.includes('<')) throw new RangeError('style: "sheet" expected no "<", got one')
  return new Html(`<style>${sheet}</style>`)
}
