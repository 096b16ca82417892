import { describe, expect, it } from 'vitest'
import { count, counted, percent, points } from '../src/index.ts'
import { plain } from './support/read.ts'

describe('numbers in words', () => {
  it.each([
    [0, '0 %'],
    [0.00041, '0.04 %'],
    [0.0041, '0.4 %'],
    [0.78, '78 %'],
    [0.984, '98 %'],
    [0.9961, '99.6 %'],
    [0.99961, '99.96 %'],
    [1, '100 %'],
  ])('the share %d is %s', (share, text) => {
    expect(plain(percent(share))).toBe(text)
  })

  it.each([
    [0, '0 points'],
    [0.0004, '0.04 points'],
    [0.01, '1 point'],
    [-0.034, '3.4 points'],
    [0.182, '18 points'],
  ])('the difference %d is %s', (difference, text) => {
    expect(plain(points(difference))).toBe(text)
  })

  it('counts have their thousands apart, and a noun', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(plain(counted(1, 'row'))).toBe('1 row')
    expect(plain(counted(1000, 'class'))).toBe('1,000 classes')
  })

  it('a share that all but is a whole is not shown as one', () => {
    expect(plain(percent(1 - 1e-9))).toBe('> 99.99 %')
    expect(plain(percent(1e-9))).toBe('< 0.01 %')
  })
})
