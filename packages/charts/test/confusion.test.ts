import { describe, expect, it } from 'vitest'
import { confusionMatrix, describeConfusion } from '../src/index.ts'
import { document, marks, number, plain, texts } from './support/read.ts'

const matrix = [
  [8, 2],
  [1, 9],
]

describe('the confusion matrix', () => {
  const svg = confusionMatrix(matrix, { document, classNames: ['cat', 'dog'] })

  it('has the text it had', async () => {
    await expect(`${svg.outerHTML}\n`).toMatchFileSnapshot('snapshots/confusion.svg')
  })

  it('stands the true classes in lines and the predicted ones in columns, each cell with its number', () => {
    const [diagonal, others] = marks(svg, 'rect', 'rect')
    expect([diagonal.length, others.length]).toEqual([2, 2])
    const [cat, dog] = diagonal
    // cat taken for dog: in the line of cat, in the column of dog
    expect(number(others[0], 'y')).toBeCloseTo(number(cat, 'y'), 1)
    expect(number(others[0], 'x')).toBeCloseTo(number(dog, 'x'), 1)
    expect(number(cat, 'x')).toBeLessThan(number(dog, 'x'))
    expect(number(cat, 'y')).toBeLessThan(number(dog, 'y'))
    expect(plain(others[0].querySelector('title')?.textContent ?? '')).toBe(
      'cat taken for dog: 2 rows, 20 % of its own',
    )
    expect(texts(svg)).toEqual(expect.arrayContaining(['8', '2', '1', '9', 'true class', 'predicted class']))
  })

  it('is as high as wide', () => {
    const [cat, dog] = marks(svg, 'rect', 'rect')[0]
    expect(number(dog, 'x') - number(cat, 'x')).toBeCloseTo(number(dog, 'y') - number(cat, 'y'), 1)
    expect(number(cat, 'width')).toBeCloseTo(number(cat, 'height'), 1)
  })

  it('beyond 20 classes draws those that are confused most, the others as one, and areas for numbers', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 40 }, (_, j) => (i === j ? 10 : 0) as number),
    )
    // the only confusion is of 30 with 35
    many[30][35] = 30
    const picture = confusionMatrix(many, { document })
    const [diagonal, others] = marks(picture, 'rect', 'rect')
    expect(diagonal).toHaveLength(21)
    expect(others).toHaveLength(1)
    expect(texts(picture)).toEqual(expect.arrayContaining(['30', '35', 'others']))
    expect(texts(picture)).not.toContain('25')
    // three quarters of the rows of 30 are taken for 35, and a whole line is right
    const [whole, part] = [diagonal[0], others[0]].map((square) => number(square, 'width') * number(square, 'height'))
    expect(part / whole).toBeCloseTo(0.75, 1)
  })

  it('says in words what it shows', () => {
    expect(plain(describeConfusion(matrix, ['cat', 'dog']))).toBe(
      '17 rows of 20 are on the diagonal, where the class is right. ' +
        'Most frequent: cat taken for dog (2 rows), dog taken for cat (1 row).',
    )
    expect(plain(describeConfusion([[3]]))).toBe('3 rows of 3 are on the diagonal, where the class is right.')
  })
})
