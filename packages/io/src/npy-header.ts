import type { ByteCursor } from './cursor.ts'
import { InputError, show } from './errors.ts'

/** What an NPY header says. */
export interface NpyHeader {
  kind: 'f' | 'i' | 'u' | 'b'
  /** Bytes of one element. */
  size: 1 | 2 | 4 | 8
  bigEndian: boolean
  /** numpy's name, such as float32. */
  typeName: (typeof TYPES)[keyof typeof TYPES]
  fortran: boolean
  shape: number[]
  /** Elements in total. */
  count: number
  /** Where the data begin. */
  dataOffset: number
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
// real headers have about a hundred bytes; only structured types need many, and those are refused
const LONGEST_HEADER = 2 ** 20

/** Reads and checks the header at the cursor, and that a source of known size holds exactly the data it promises. */
export async function readNpyHeader(cursor: ByteCursor, name: string, total: number | undefined): Promise<NpyHeader> {
  const fail = (problem: string): never => {
    throw new InputError(`${name}: ${problem}`)
  }
  const start = new Uint8Array(8)
  const got = await cursor.fill(start)
  if (got === 0) fail('the file is empty; expected an NPY file')
  if (MAGIC.some((byte, index) => index < got && start[index] !== byte)) {
    fail('not an NPY file: it does not begin with \\x93NUMPY; pass the format it has')
  }
  if (got < 8) fail(`the file ends within the NPY header, after ${got} bytes; it is truncated`)
  const version = start[6] as number
  if (version < 1 || version > 3) fail(`NPY version ${version}.${start[7]} is unknown; expected 1.0, 2.0 or 3.0`)

  const width = new Uint8Array(version === 1 ? 2 : 4)
  if ((await cursor.fill(width)) < width.length) fail('the file ends within the NPY header; it is truncated')
  const view = new DataView(width.buffer)
  const length = version === 1 ? view.getUint16(0, true) : view.getUint32(0, true)
  if (length > LONGEST_HEADER) fail(`its NPY header claims ${length} bytes; expected at most ${LONGEST_HEADER}`)
  const bytes = new Uint8Array(length)
  const read = await cursor.fill(bytes)
  if (read < length) fail(`the file ends within the NPY header: it has ${read} of ${length} bytes; it is truncated`)

  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes)
  const header = { ...parseNpyHeader(text, name), dataOffset: cursor.position }
  const expected = header.dataOffset + header.count * header.size
  if (total !== undefined && total !== expected) fail(sizeProblem(header, expected, total))
  return header
}

function sizeProblem(header: NpyHeader, expected: number, total: number): string {
  const what = `the header promises ${describe(header)}, ${expected} bytes with the header, but the file has ${total}`
  return total < expected ? `${what}; it is truncated` : `${what}; it has bytes after its data`
}

/** Type and shape for messages: `float32 (64, 10)`. */
export function describe(header: Pick<NpyHeader, 'typeName' | 'shape'>): string {
  const { typeName, shape } = header
  return `${typeName} (${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
}

/** The Python dict literal of an NPY header: exactly the keys descr, fortran_order and shape, in any order. */
export function parseNpyHeader(text: string, name: string): Omit<NpyHeader, 'dataOffset'> {
  const bad = (problem: string): never => {
    throw new InputError(`${name}: the NPY header is malformed: ${problem}`)
  }
  let rest = text
  const take = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(rest)
    if (match) rest = rest.slice(match[0].length)
    return match ? (match[1] ?? match[0]) : undefined
  }
  const need = (pattern: RegExp, what: string): string => take(pattern) ?? bad(`expected ${what} at ${show(rest)}`)

  const fields = new Map<string, string>()
  need(/^\s*\{/, '"{"')
  while (!take(/^\s*\}/)) {
    const key = need(/^\s*('[^'\\]*'|"[^"\\]*")/, 'a key').slice(1, -1)
    if (key !== 'descr' && key !== 'fortran_order' && key !== 'shape') bad(`unknown key ${show(key)}`)
    if (fields.has(key)) bad(`the key ${show(key)} stands twice`)
    need(/^\s*:/, '":"')
    if (key === 'descr' && /^\s*[[(]/.test(rest)) {
      throw new InputError(
        `${name}: a structured dtype cannot be read; save one plain column: np.save(file, a['field'])`,
      )
    }
    if (key === 'descr') fields.set(key, need(/^\s*('[^'\\]*'|"[^"\\]*")/, 'a dtype').slice(1, -1))
    if (key === 'fortran_order') fields.set(key, need(/^\s*(True|False)\b/, 'True or False'))
    if (key === 'shape') fields.set(key, need(/^\s*\(([^()]*)\)/, 'a tuple'))
    if (!take(/^\s*,/) && !/^\s*\}/.test(rest)) bad(`expected "," or "}" at ${show(rest)}`)
  }
  if (rest.trim() !== '') bad(`${show(rest.trim())} follows the closing "}"`)
  const field = (key: string): string => fields.get(key) ?? bad(`the key ${show(key)} is missing`)

  const type = parseType(field('descr'), name)
  const shape = parseShape(field('shape'), name, bad)
  const count = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1)
  if (!Number.isSafeInteger(count * type.size)) {
    bad(`shape (${shape.join(', ')}) has more elements than a file can hold`)
  }
  return { ...type, fortran: field('fortran_order') === 'True', shape, count }
}

function parseShape(text: string, name: string, bad: (problem: string) => never): number[] {
  if (text.trim() === '') return []
  const parts = text.split(',').map((part) => part.trim())
  // a one-element tuple needs its comma, and any tuple may end with one
  if (parts.at(-1) === '') parts.pop()
  else if (parts.length === 1) bad(`shape (${text}) is not a tuple`)
  return parts.map((part) => {
    if (/^-\d+$/.test(part)) {
      throw new InputError(`${name}: the NPY header gives the shape (${text}): ${part} is a negative size`)
    }
    // Python 2 wrote long integers with an L
    const length = /^\d+L?$/.test(part) ? Number(part.replace('L', '')) : bad(`shape (${text}) holds ${show(part)}`)
    return Number.isSafeInteger(length) ? length : bad(`shape (${text}) has more elements than a file can hold`)
  })
}

const TYPES = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
} as const

function parseType(descr: string, name: string): Pick<NpyHeader, 'kind' | 'size' | 'bigEndian' | 'typeName'> {
  const [, order, code = ''] = /^([<>|=]?)(.*)$/.exec(descr) ?? []
  if (Object.hasOwn(TYPES, code)) {
    return {
      kind: code[0] as NpyHeader['kind'],
      size: Number(code[1]) as NpyHeader['size'],
      bigEndian: order === '>',
      typeName: TYPES[code as keyof typeof TYPES],
    }
  }
  if (code.startsWith('O')) {
    throw new InputError(
      `${name}: dtype object holds pickled Python objects, which are never loaded; save numbers: np.save(file, a.astype(np.float32))`,
    )
  }
  const text = /^[USa]\d*$/.test(code) ? 'text; save labels of text as CSV or JSON' : 'not a number type this reads'
  throw new InputError(
    `${name}: dtype ${show(descr)} is ${text}; expected float16, float32 or float64 (labels: also integers or bool; masks: only these)`,
  )
}
