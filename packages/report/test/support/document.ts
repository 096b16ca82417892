import { parseHTML } from 'linkedom'

/** A document as on a server. */
export const document = parseHTML('<!doctype html><html><body></body></html>').document

/** The document a text is. */
export function parse(text: string): Document {
  return parseHTML(text).document
}

/** Text as a reader compares it: marks of direction left out, spaces alike. */
export function plain(text: string | null | undefined): string {
  return (text ?? '')
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
