import { describe, expect, it } from 'vitest'
import { html, style } from '../src/html.ts'

describe('the template', () => {
  it('escapes what is put in, in text and in attributes', () => {
    const name = `<a href="x" title='y'> & more`
    expect(html`<b title="${name}">${name}</b>`.text).toBe(
      '<b title="&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt; &amp; more">' +
        '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt; &amp; more</b>',
    )
  })

  it('keeps what is HTML already, joins lists, and makes nothing of undefined', () => {
    expect(html`<ul>${['<', '>'].map((sign) => html`<li>${sign}</li>`)}${undefined}${0}</ul>`.text).toBe(
      '<ul><li>&lt;</li><li>&gt;</li>0</ul>',
    )
  })

  it('replaces what no page can hold', () => {
    expect(html`${'\0 \ud800 \udc00 \ud83d\ude00'}`.text).toBe('\ufffd \ufffd \ufffd \ud83d\ude00')
  })

  it('takes no style sheet that could end itself', () => {
    expect(() => style('</style><script>')).toThrow(/^style: "sheet" expected no "<", got one$/)
  })
})
