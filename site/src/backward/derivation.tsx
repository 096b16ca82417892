/** The derivation of the backward pass, step by step; each step names the cells of the picture that it speaks of. */
import type { JSX } from 'preact'
import { Derivative, Exp, Formula, Fraction, N, O, Sub, Sum, V } from '../page/math.tsx'

/** The cells that a step is about. */
export type Part = 'column' | 'diagonal' | 'beside' | 'all' | 'gradient'

export interface Step {
  readonly part: Part
  readonly title: string
  readonly formula: JSX.Element
}

const y = (index: string) => <Sub base="y" index={index} />

export const derivation: readonly Step[] = [
  {
    part: 'all',
    title: 'Every probability is one exponential over the sum of all, so every logit moves every probability.',
    formula: (
      <Formula label="y j equals e to the x j over C, with C the sum over k of e to the x k">
        {y('j')}
        <O>=</O>
        <Fraction over={<Exp index="j" />} under={<V>C</V>} />
        <O>,</O>
        <V>C</V>
        <O>=</O>
        <Sum index="k">
          <Exp index="k" />
        </Sum>
      </Formula>
    ),
  },
  {
    part: 'diagonal',
    title: 'Its own logit stands above and below: the quotient rule gives the diagonal, never negative.',
    formula: (
      <Formula label="the derivative of y j by x j equals e to the x j times C minus e to the x j squared, over C squared, which is y j times 1 minus y j">
        <Derivative of={['y', 'j']} by={['x', 'j']} />
        <O>=</O>
        <Fraction
          over={
            <>
              <Exp index="j" />
              <V>C</V>
              <O>−</O>
              <Exp index="j" />
              <Exp index="j" />
            </>
          }
          under={
            <msup>
              <V>C</V>
              <N>2</N>
            </msup>
          }
        />
        <O>=</O>
        {y('j')}
        <O>(</O>
        <N>1</N>
        <O>−</O>
        {y('j')}
        <O>)</O>
      </Formula>
    ),
  },
  {
    part: 'beside',
    title: 'Another logit stands below only: what one class gains, the others lose.',
    formula: (
      <Formula label="the derivative of y k by x j equals minus e to the x k times e to the x j over C squared, which is minus y k y j, for k other than j">
        <Derivative of={['y', 'k']} by={['x', 'j']} />
        <O>=</O>
        <O>−</O>
        <Fraction
          over={
            <>
              <Exp index="k" />
              <Exp index="j" />
            </>
          }
          under={
            <msup>
              <V>C</V>
              <N>2</N>
            </msup>
          }
        />
        <O>=</O>
        <O>−</O>
        {y('k')}
        {y('j')}
        <O>,</O>
        <V>k</V>
        <O>≠</O>
        <V>j</V>
      </Formula>
    ),
  },
  {
    part: 'column',
    title: 'The chain rule goes down one column: each probability hands back its own gradient.',
    formula: (
      <Formula label="g x j equals the sum over k of g y k times the derivative of y k by x j, which is y j g y j minus y j times the sum over k of y k g y k">
        <Sub base="gx" index="j" />
        <O>=</O>
        <Sum index="k">
          <Sub base="gy" index="k" />
          <Derivative of={['y', 'k']} by={['x', 'j']} />
        </Sum>
        <O>=</O>
        {y('j')}
        <Sub base="gy" index="j" />
        <O>−</O>
        {y('j')}
        <Sum index="k">
          {y('k')}
          <Sub base="gy" index="k" />
        </Sum>
      </Formula>
    ),
  },
  {
    part: 'gradient',
    title: 'So no Jacobian is needed: one dot product, then one multiplication for each class.',
    formula: (
      <Formula label="g x j equals y j times g y j minus the dot product of g y and y">
        <Sub base="gx" index="j" />
        <O>=</O>
        {y('j')}
        <O>(</O>
        <Sub base="gy" index="j" />
        <O>−</O>
        <O>⟨</O>
        <V>gy</V>
        <O>,</O>
        <V>y</V>
        <O>⟩</O>
        <O>)</O>
      </Formula>
    ),
  },
]
