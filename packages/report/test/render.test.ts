import { describe, expect, it } from 'vitest'
import { assess, definitions, renderReport } from '../src/index.ts'
import { document, parse, plain } from './support/document.ts'
import { hostileNames, largeInput } from './support/large.ts'
import { reportInput } from './support/measure.ts'
import { source } from './support/source.ts'

const files = { logits: '<b>.npy', labels: 'labels.csv' }
const sets = { sizes: [5, 800, 195], target: 0.9, coverage: 0.9 }
const input = reportInput(source({ rows: 1000, classes: hostileNames.length, scale: 2 }), {
  title: 'a <title> & more',
  classNames: hostileNames,
  files,
  sets,
})
const text = renderReport(input, { document })
const page = parse(text)

describe('a report', () => {
  it('says first what is to be said: its verdict, why, the numbers, what to do', () => {
    const { headline, reasons } = assess(input)
    expect(plain(page.querySelector('h1')?.textContent)).toBe(plain(headline))
    expect([...page.querySelectorAll('.reasons p')].map((p) => plain(p.textContent))).toEqual(reasons.map(plain))
    expect([...page.querySelectorAll('h1, h2')].map((h) => plain(h.textContent)).slice(0, 3)).toEqual([
      plain(headline),
      'The numbers',
      'What to do next',
    ])
    expect(plain(page.querySelector('title')?.textContent)).toBe(`${plain(headline)} – a <title> & more`)
  })

  it('has each picture with a name, a description and its words below, before and after', () => {
    const pictures = [...page.querySelectorAll('svg')]
    // reliability and confidence twice, temperature, risk, sets, confusion, and one for each class
    expect(pictures).toHaveLength(8 + hostileNames.length)
    for (const svg of pictures) {
      expect(svg.getAttribute('role')).toBe('img')
      expect(svg.getAttribute('aria-label')).toMatch(/\w/)
      expect(page.getElementById(svg.getAttribute('aria-describedby') ?? '')?.textContent).toMatch(/\.$/)
    }
    expect(new Set(pictures.map((svg) => svg.getAttribute('aria-label'))).size).toBe(pictures.length)
    const captions = [...page.querySelectorAll('.figures figcaption')].map(({ textContent }) => textContent)
    const described = pictures.slice(0, 8).map((svg) => svg.querySelector('desc')?.textContent)
    expect(captions).toEqual(described)
  })

  it('gives each id once, and has an end for each link', () => {
    const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    const ends = [...page.querySelectorAll('a')].map((a) => a.getAttribute('href'))
    expect(ends.length).toBeGreaterThan(10)
    expect(ends.filter((end) => !ids.includes((end ?? '').replace('#', '')))).toEqual([])
    const labels = [...page.querySelectorAll('[aria-labelledby]')].map((e) => e.getAttribute('aria-labelledby') ?? '')
    expect(labels.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('defines every word that is used, each a click away', () => {
    const linked = new Set([...page.querySelectorAll('a')].map((a) => a.getAttribute('href')?.replace('#define-', '')))
    // intervals are named where there are some
    expect(Object.keys(definitions).filter((id) => !linked.has(id))).toEqual(['interval'])
    expect(page.querySelectorAll('dt')).toHaveLength(Object.keys(definitions).length)
    expect(plain(page.getElementById('define-ece')?.textContent)).toContain('|accuracyb − confidenceb|')
  })

  it('holds no script and nothing to fetch, and its policy forbids both', () => {
    expect(page.querySelectorAll('script, iframe, object, embed, form, img, link:not([href="data:,"])')).toHaveLength(0)
    expect(text).not.toMatch(/<[^>]*\son\w+\s*=/)
    expect(text).not.toMatch(/@import|url\((?!#)/)
    expect(text.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/)
    const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')
    expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; /)
    expect(policy).not.toContain('script-src')
    expect(page.querySelector('meta[name="referrer"]')?.getAttribute('content')).toBe('no-referrer')
  })

  it('shows names as text, whatever they hold, each with a direction of its own', () => {
    const [table] = page.querySelectorAll('table:not(.numbers)')
    const names = [...table.querySelectorAll('tbody th bdi')].map(({ textContent }) => textContent)
    const shown = hostileNames.map((name) =>
      name === ''
        ? '6'
        : name.length > 60
          ? `${name.slice(0, 59)}…`
          : name.replace('\ud800', '\ufffd').replace('\0', '\ufffd'),
    )
    expect([...names].sort()).toEqual([...shown].sort())
    expect(text).not.toContain('<script')
    expect(text).not.toMatch(/<img/)
    expect(page.querySelectorAll('style')).toHaveLength(1)
    expect([...page.querySelectorAll('pre')].map(({ textContent }) => textContent).join()).toContain("'<b>.npy'")
  })

  it('is the same each time', () => {
    expect(renderReport(input, { document })).toBe(text)
  })
})

describe('the size of a report', () => {
  it('of ten classes is below 200 KB', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(200_000)
  })

  it('of a thousand classes is below 2 MB, with all of them and the pictures of the worst 24', () => {
    const large = renderReport(largeInput(), { document })
    expect(Buffer.byteLength(large)).toBeLessThan(2_000_000)
    expect(large.match(/<th scope="row" class="name">/g)).toHaveLength(1000)
    expect(large.match(/aria-label="Reliability of one class/g)).toHaveLength(24)
    expect(large).toContain('<summary>The other 980\u00a0classes</summary>')
  })
})

describe('a report of little', () => {
  it('of one row, of two classes, of rows that are all right: has no number that is none', () => {
    const one = reportInput(source({ rows: 1 }))
    const two = reportInput(source({ rows: 50, classes: 2 }))
    const { logits } = source({ rows: 100 })
    const right = reportInput({ logits, labels: logits.map((row) => row.indexOf(Math.max(...row))) })
    for (const little of [one, two, right]) {
      expect(renderReport(little, { document })).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(renderReport(right, { document })).toContain('No row is wrong.')
  })

  it('without class names, confusion, bins of classes, sets or files is still one', () => {
    const bare = (measured: typeof input.before) => {
      const { confusion, classwiseEce, perClass, ...rest } = measured
      return { ...rest, perClass: perClass.map(({ bins, ece, ...entry }) => entry) }
    }
    const { title, before, after, calibration } = input
    const less = parse(renderReport({ title, before: bare(before), after: bare(after), calibration }, { document }))
    expect(less.querySelectorAll('svg')).toHaveLength(6)
    expect(less.querySelectorAll('table')).toHaveLength(3)
  })
})
