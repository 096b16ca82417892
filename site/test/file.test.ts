// Section 5 in the browser: files dropped and chosen give what the report gives in Node; what is wrong with one is said.
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { bytesSource, openLabels, openLogits } from '../../packages/io/src/index.ts'
import { fitTemperature } from '../../packages/onesum/src/calibration/index.ts'
import { encodeFloat16 } from '../../packages/onesum/src/index.ts'
import { measure } from '../../packages/report/src/index.ts'
import { runProgram } from './support/program.ts'
import { builtSite, numbersOf, reach } from './support/site.ts'

const site = await builtSite()
const data = new URL('../../examples/data/', import.meta.url)
const [logitsFile, labelsFile] = ['digits.logits.npy', 'digits.labels.npy'].map((name) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: readFileSync(new URL(name, data)),
}))
const folder = mkdtempSync(join(tmpdir(), 'onesum-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const shape: [number, number] = [897, 10]
const scores = new Float32Array(897 * 10)
let at = 0
for await (const { values } of (await openLogits(bytesSource('digits.npy', logitsFile.buffer))).batches()) {
  scores.set(values, at)
  at += values.length
}
const labels = await (await openLabels(bytesSource('labels.npy', labelsFile.buffer))).next(897)
const digits = await measure(scores, labels, { shape, title: 'digits.logits.npy' })

async function file(hash = '') {
  const page = await site.open({ hash })
  await reach(page, 'file')
  return page
}

interface Named {
  readonly name: string
  readonly buffer: Buffer
}

const text = (name: string, content: string): Named => ({ name, buffer: Buffer.from(content) })

async function choose(page: Page, role: 'logits' | 'labels' | 'names', given: Named | string): Promise<void> {
  const picked = typeof given === 'string' ? given : { mimeType: 'application/octet-stream', ...given }
  await page.locator(`[data-choose=${role}]`).setInputFiles(picked)
}

async function drop(page: Page, files: readonly Named[]): Promise<void> {
  const sent = files.map(({ name, buffer }) => ({ name, content: buffer.toString('base64') }))
  const dataTransfer = await page.evaluateHandle((list) => {
    const transfer = new DataTransfer()
    for (const { name, content } of list) {
      transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name))
    }
    return transfer
  }, sent)
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer })
}

/** The numbers on the screen are those of Node, whose kernels and logarithms may differ in the last digits. */
async function showsDigits(page: Page): Promise<void> {
  await page.locator('[data-temperature]').waitFor()
  const [temperature] = await numbersOf(page, 'data-temperature')
  expect(Math.abs(temperature / digits.calibration.temperature - 1)).toBeLessThan(1e-6)
  const { before, after } = digits
  const figures = ['Accuracy', 'ECE', 'NLL']
  const shown = await Promise.all(
    figures.map((name) =>
      page
        .locator('.results tr', { has: page.getByRole('rowheader', { name, exact: true }) })
        .locator('[data-figure]')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-figure')))),
    ),
  )
  const wanted = [
    [before.accuracy, after.accuracy],
    [before.ece, after.ece],
    [before.nll, after.nll],
  ]
  for (const [i, pair] of wanted.entries()) {
    for (const [j, value] of pair.entries()) expect(Math.abs(shown[i][j] - value)).toBeLessThan(1e-6)
  }
  expect(await numbersOf(page, 'data-worst')).toEqual(before.worst.slice(0, 10).map(({ row }) => row))
}

describe('the digits', () => {
  it('that are dropped give what the report gives, and files to keep', async () => {
    const page = await file()
    await drop(page, [labelsFile, logitsFile])
    await showsDigits(page)
    expect(await page.locator('.picture svg[role=img]').count()).toBe(2)
    await page.getByText(/temperature 3\.66 mends it/).waitFor()

    const [calibrator] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'the calibrator (JSON)' }).click(),
    ])
    const fitted = fitTemperature(scores, labels, { shape })
    const { temperature, ...fields } = JSON.parse(readFileSync(await calibrator.path(), 'utf8'))
    const { temperature: wanted, ...others } = JSON.parse(JSON.stringify(fitted))
    expect(fields).toEqual(others)
    expect(Math.abs(temperature / wanted - 1)).toBeLessThan(1e-6)

    const [probabilities] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'the probabilities (NPY)' }).click(),
    ])
    expect(probabilities.suggestedFilename()).toBe('digits.probabilities.npy')
    const reader = await openLogits(bytesSource('p.npy', readFileSync(await probabilities.path())))
    expect([reader.dtype, ...reader.shape]).toEqual(['float32', ...shape])
    const expected = fitted.transform(scores, { shape })
    let offset = 0
    for await (const { values } of reader.batches()) {
      // float32 probabilities by other kernels: a few units in the last place, and the temperature's 1e-6
      for (const value of values) expect(Math.abs(value - expected[offset++])).toBeLessThan(1e-5)
    }
    expect(offset).toBe(scores.length)

    const [report] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'the whole report (HTML)' }).click(),
    ])
    expect(readFileSync(await report.path(), 'utf8')).toContain('temperature 3.66 mends it')
  })

  it('are a click away, and a link away', async () => {
    const page = await file()
    await page.getByRole('button', { name: 'Take the sample' }).press('Enter')
    await showsDigits(page)
    await page.waitForFunction(() => location.hash.includes('sample=yes'))
    const again = await file('sample=yes')
    await showsDigits(again)
  })

  it('are what the program computes', async () => {
    const page = await file('sample=yes')
    await page.locator('[data-temperature]').waitFor()
    const source = await page.locator('#file .code code').textContent()
    const here = (source ?? '').replace(/"digits\.\w+\.npy"/g, (name) =>
      JSON.stringify(new URL(JSON.parse(name), data).pathname),
    )
    const [[temperature], [before, after]] = await runProgram(here)
    expect(temperature).toBeCloseTo(digits.calibration.temperature, 6)
    expect(before).toEqual([digits.before.accuracy, digits.before.nll, digits.before.ece].map(close))
    expect(after).toEqual([digits.after.accuracy, digits.after.nll, digits.after.ece].map(close))
  })
})

/** The program computes from float64. */
const close = (value: number) => expect.closeTo(value, 6)

describe('text', () => {
  const rows = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? [0.5, 2] : i % 2 === 0 ? [3, 0] : [0, 3]))
  const truth = rows.map((_, i) => (i % 2 === 0 ? 0 : 1))

  it.each([
    ['csv', rows.map((row) => row.join()).join('\n')],
    ['tsv', rows.map((row) => row.join('\t')).join('\n')],
    ['json', JSON.stringify(rows)],
    ['jsonl', rows.map((row) => JSON.stringify(row)).join('\n')],
  ])('of the format %s is read, and hostile names of classes are shown as text', async (format, content) => {
    const page = await file()
    const hostile = ['<img src=x onerror=alert(1)>', '"\'&‮']
    await drop(page, [
      text(`model.logits.${format}`, content),
      text('labels.csv', truth.join('\n')),
      text('<b>names.txt', hostile.join('\n')),
    ])
    await page.locator('[data-temperature]').waitFor()
    expect(await page.locator('.results bdi').allTextContents()).toContain(hostile[0])
    expect(await page.locator('.results img').count()).toBe(0)
  })

  it('holds its labels in a column, which is named, and so does the program', async () => {
    const page = await file()
    const kinds = ['cat', 'dog']
    const content = ['cat,kind,dog', ...rows.map(([a, b], i) => [a, kinds[truth[i]], b].join())].join('\n')
    await choose(page, 'logits', text('m.csv', content))
    await page.getByText('Now the labels').waitFor()
    const column = page.getByLabel('Label column')
    await column.fill('sort')
    await column.press('Enter')
    await page.locator('#file [role=alert]', { hasText: 'm.csv: no column is named "sort"' }).waitFor()
    await column.fill('kind')
    await column.press('Enter')
    await page.locator('[data-temperature]').waitFor()
    const source = await page.locator('#file .code code').textContent()
    const path = join(folder, 'm.csv')
    writeFileSync(path, content)
    const [, [before]] = await runProgram(
      (source ?? '').replace('openFile("m.csv")', `openFile(${JSON.stringify(path)})`),
    )
    const wanted = await measure(Float64Array.from(rows.flat()), truth, { shape: [40, 2], title: '' })
    expect(before).toEqual([wanted.before.accuracy, wanted.before.nll, wanted.before.ece].map(close))
  })

  it('of labels may have several columns, too', async () => {
    const page = await file()
    await choose(page, 'logits', text('m.csv', rows.map((row) => row.join()).join('\n')))
    await page.getByLabel('Label column').fill('1')
    await choose(page, 'labels', text('l.csv', truth.map((label, i) => `${i},${label}`).join('\n')))
    await page.locator('[data-temperature]').waitFor()
  })

  it.each([
    ['classes.csv', 'cat,1\ndog,2\n'],
    ['classes.json', '{"1": "dog", "0": "cat"}'],
    ['classes.txt', '\ufeffcat\r\ndog\r\n\r\n'],
  ])('with names of classes from %s', async (name, content) => {
    const page = await file()
    await choose(page, 'names', text(name, content))
    await choose(page, 'labels', text('l.csv', truth.map((label) => ['cat', 'dog'][label]).join('\n')))
    await choose(page, 'logits', text('m.csv', rows.map((row) => row.join()).join('\n')))
    await page.locator('.results bdi', { hasText: 'cat' }).first().waitFor()
  })

  it('with a header names its classes', async () => {
    const page = await file()
    await choose(page, 'logits', text('m.csv', ['cat,dog', ...rows.map((row) => row.join())].join('\n')))
    await page.getByText('Now the labels').waitFor()
    await choose(page, 'labels', text('l.csv', truth.map((label) => ['cat', 'dog'][label]).join('\n')))
    await page.locator('.results bdi', { hasText: 'cat' }).first().waitFor()
  })
})

describe('a float16 file', () => {
  it('is measured, by the page and by its program', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? [0.5, 2] : [(i % 7) / 2, 1]))
    const truth = rows.map((_, i) => i % 2)
    const header = "{'descr': '<f2', 'fortran_order': False, 'shape': (60, 2), }".padEnd(117)
    const buffer = Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]),
      Buffer.from(`${header}\n`),
      Buffer.from(encodeFloat16(rows.flat()).buffer),
    ])
    const page = await file()
    const labelled = text('l.csv', truth.join('\n'))
    await drop(page, [{ name: 'h.npy', buffer }, labelled])
    await page.locator('[data-temperature]').waitFor()
    const [path, beside] = ['h.npy', 'l.csv'].map((name) => join(folder, name))
    writeFileSync(path, buffer)
    writeFileSync(beside, labelled.buffer)
    const source = ((await page.locator('#file .code code').textContent()) ?? '')
      .replace('"h.npy"', JSON.stringify(path))
      .replace('"l.csv"', JSON.stringify(beside))
    const [, [before]] = await runProgram(source)
    const wanted = await measure(Float64Array.from(rows.flat()), truth, { shape: [60, 2], title: '' })
    expect(before).toEqual([wanted.before.accuracy, wanted.before.nll, wanted.before.ece].map(close))
  })
})

describe('a bad file', () => {
  it('that misses its field does not take the place of the page', async () => {
    const page = await file()
    const kept = await page.evaluate(() =>
      ['dragover', 'drop'].map((kind) => {
        const event = new DragEvent(kind, { bubbles: true, cancelable: true })
        document.body.dispatchEvent(event)
        return event.defaultPrevented
      }),
    )
    expect(kept).toEqual([true, true])
  })

  const good = text('l.csv', '0\n1\n')

  it('is named with what is wrong, and the page lives on', async () => {
    const page = await file()
    const says = async (logits: Named | string, labels: Named, message: RegExp) => {
      await choose(page, 'labels', labels)
      await choose(page, 'logits', logits)
      await page.locator('#file [role=alert]', { hasText: message }).waitFor()
    }
    await says({ name: 'cut.npy', buffer: logitsFile.buffer.subarray(0, 2000) }, good, /cut\.npy: /)
    await says(text('ragged.csv', '1,2\n3\n'), good, /ragged\.csv: line 2/)
    await says(text('none.json', '[]'), good, /none\.json: /)
    await says(text('nan.csv', '1,2\nNaN,0\n'), good, /nan\.csv: .*row 1/)
    await says(
      text('m.csv', '1,2\n3,0\n'),
      text('short.csv', '0\n'),
      /short\.csv: it holds 1 labels?, and m\.csv has 2/,
    )
    await says(text('m.csv', '1,2\n3,0\n'), text('long.csv', '0\n1\n0\n'), /long\.csv: it holds more than 2/)
    await says(text('m.csv', '1,2\n3,0\n'), text('far.csv', '0\n2\n'), /far\.csv: row 1: the label 2 is out of range/)
    await says(text('p.csv', '0.5,0.5\n0.9,0.1\n'), good, /p\.csv: .*probabilities.*say above what the numbers are/)
    await says(text('m.xyz', '1,2\n'), good, /m\.xyz: the extension/)

    const large = join(folder, 'large.npy')
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (2500000, 100), }`.padEnd(117)
    const descriptor = openSync(large, 'w')
    writeSync(descriptor, Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]))
    writeSync(descriptor, `${header}\n`)
    // a gigabyte of zeros, which no disk holds
    ftruncateSync(descriptor, 128 + 2_500_000 * 100 * 4)
    closeSync(descriptor)
    await says(large, good, /large\.npy: it holds more than 512 MB.*onesum report large\.npy/)

    await choose(page, 'labels', labelsFile)
    await choose(page, 'logits', logitsFile)
    await showsDigits(page)
    expect(await page.locator('#file [role=alert]').count()).toBe(0)
  })
})

describe('a large file', () => {
  it('leaves the page alive, and can be cancelled', async () => {
    const rows = 20_000
    const values = Float32Array.from({ length: rows * 100 }, (_, i) => ((i * 7919) % 1000) / 100)
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, 100), }`.padEnd(117)
    const buffer = Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]),
      Buffer.from(`${header}\n`),
      Buffer.from(values.buffer),
    ])
    const page = await file()
    await choose(page, 'labels', text('l.csv', Array.from({ length: rows }, (_, i) => i % 100).join('\n')))
    await choose(page, 'logits', { name: 'large.npy', buffer })
    await page.locator('progress').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Cancelled.').waitFor()
    await page.getByRole('button', { name: 'Measure again' }).click()
    await page.evaluate(() => {
      const seen = globalThis as unknown as { longest: number }
      seen.longest = 0
      let last = performance.now()
      // how long the page is away at most: its frames
      const look = () => {
        const now = performance.now()
        seen.longest = Math.max(seen.longest, now - last)
        last = now
        requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    await page.locator('[data-temperature]').waitFor()
    // the pictures take a moment; a page that reads or measures itself would be away for seconds
    expect(await page.evaluate(() => (globalThis as unknown as { longest: number }).longest)).toBeLessThan(1000)
  })
})
