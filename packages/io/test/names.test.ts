import { expect, test } from 'vitest'
import { bytesSource, readNames } from '../src/index.ts'

const read = (name: string, text: string): Promise<string[]> =>
  readNames(bytesSource(name, new TextEncoder().encode(text)))

test('one name on each line, whatever ends it', async () => {
  expect(await read('names.txt', 'cat\r\nbig, dog\n cow \n\n')).toEqual(['cat', 'big, dog', 'cow'])
  expect(await read('names', 'cat\n\ndog')).toEqual(['cat', '', 'dog'])
})

test('the first column of CSV and TSV, quotes understood', async () => {
  expect(await read('names.csv', 'cat,1\n"big, dog",2\n')).toEqual(['cat', 'big, dog'])
  expect(await read('names.tsv', 'cat\t1\nbig, dog\t2\n')).toEqual(['cat', 'big, dog'])
})

test('a JSON list, or an object by class number in any order', async () => {
  expect(await read('names.json', '["cat", "dog"]')).toEqual(['cat', 'dog'])
  expect(await read('names.json', '{"1": "dog", "0": "cat"}')).toEqual(['cat', 'dog'])
})

test('what is no list of names is refused', async () => {
  await expect(read('names.json', '["cat"')).rejects.toThrow('names.json: it is not valid JSON')
  for (const text of ['3', '{"cat": 0}', '["cat", 1]', '{"0": "cat", "2": "dog"}', 'null']) {
    await expect(read('names.json', text)).rejects.toThrow('expected a list of class names, or an object of names')
  }
  await expect(readNames(bytesSource('names.txt', Uint8Array.of(0xff, 0xfe)))).rejects.toThrow('not UTF-8')
})
