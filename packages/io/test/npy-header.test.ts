import { describe, expect, it } from 'vitest'
import { bytesSource, openLogits } from '../src/index.ts'
import { parseNpyHeader } from '../src/npy-header.ts'
import { fixture, npy, problem } from './helpers.ts'

const parse = (text: string) => parseNpyHeader(text, 'a.npy')
const open = (bytes: Uint8Array) => problem(openLogits(bytesSource('a.npy', bytes)))

describe('NPY header', () => {
  it('takes the keys in any order, with any spaces and either quotes', () => {
    const expected = {
      kind: 'f',
      size: 4,
      bigEndian: false,
      typeName: 'float32',
      fortran: false,
      shape: [2, 3],
      count: 6,
    }
    expect(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n")).toEqual(expected)
    expect(parse('{ "shape" :( 2 ,3, ),"fortran_order":False , "descr":"<f4"}')).toEqual(expected)
    expect(parse("{'shape': (2L, 3L), 'descr': '<f4', 'fortran_order': False}")).toEqual(expected)
  })

  it.each([
    ["{'descr': '<f4', 'fortran_order': False, 'shape': 5, }", 'expected a tuple at " 5, }"'],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5), }", 'shape (5) is not a tuple'],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5, x), }", 'shape (5, x) holds "x"'],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5, 2.0), }", 'shape (5, 2.0) holds "2.0"'],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': (5,), }", `expected True or False at " 0, 'shape': (5,), }"`],
    ["{'descr': '<f4', 'fortran_order': False, }", 'the key "shape" is missing'],
    ["{'descr': '<f4', 'descr': '<f4', }", 'the key "descr" stands twice'],
    ["{'descr': '<f4', 'evil': __import__('os'), }", 'unknown key "evil"'],
    ["{'descr': '<f4' 'shape': (5,), }", `expected "," or "}" at " 'shape': (5,), }"`],
    ['[1, 2]', 'expected "{" at "[1, 2]"'],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5,), } + 1", '"+ 1" follows the closing "}"'],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
      'shape (4294967296, 4294967296) has more elements than a file can hold',
    ],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      'shape (99999999999999999999,) has more elements than a file can hold',
    ],
  ])('refuses %s', async (text, message) => {
    expect(await open(npy(text))).toBe(`a.npy: the NPY header is malformed: ${message}`)
  })

  it('refuses negative sizes by name', async () => {
    expect(await open(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }"))).toBe(
      'a.npy: the NPY header gives the shape (-1, 3): -1 is a negative size',
    )
  })

  it('refuses what does not begin as an NPY file', async () => {
    const file = fixture('cube.npy')
    expect(await open(new Uint8Array(0))).toBe('a.npy: the file is empty; expected an NPY file')
    expect(await open(new TextEncoder().encode('1,2,3\n4,5,6\n'))).toBe(
      'a.npy: not an NPY file: it does not begin with \\x93NUMPY; pass the format it has',
    )
    expect(await open(file.subarray(0, 4))).toBe(
      'a.npy: the file ends within the NPY header, after 4 bytes; it is truncated',
    )
    expect(await open(file.subarray(0, 9))).toBe('a.npy: the file ends within the NPY header; it is truncated')
    expect(await open(file.subarray(0, 60))).toBe(
      'a.npy: the file ends within the NPY header: it has 50 of 118 bytes; it is truncated',
    )
    expect(await open(npy('', undefined, 4))).toBe('a.npy: NPY version 4.0 is unknown; expected 1.0, 2.0 or 3.0')
    const long = npy('', undefined, 2)
    new DataView(long.buffer).setUint32(8, 2 ** 31, true)
    expect(await open(long)).toBe('a.npy: its NPY header claims 2147483648 bytes; expected at most 1048576')
  })
})
