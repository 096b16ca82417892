/** The few pieces of MathML that the formulas are built of. */
import type { ComponentChildren, JSX } from 'preact'

type Children = { readonly children: ComponentChildren }

/** A formula that stands by itself. */
export function Formula({ children, label }: Children & { readonly label: string }): JSX.Element {
  return (
    <math display="block" aria-label={label}>
      <mrow>{children}</mrow>
    </math>
  )
}

/** A variable. */
export const V = ({ children }: Children) => <mi>{children}</mi>
/** An operator. */
export const O = ({ children }: Children) => <mo stretchy={false}>{children}</mo>
/** A number. */
export const N = ({ children }: Children) => <mn>{children}</mn>

/** A variable with an index. */
export function Sub({ base, index }: { readonly base: string; readonly index: string }): JSX.Element {
  return (
    <msub>
      <mi>{base}</mi>
      <mi>{index}</mi>
    </msub>
  )
}

export function Fraction({ over, under }: { over: ComponentChildren; under: ComponentChildren }): JSX.Element {
  return (
    <mfrac>
      <mrow>{over}</mrow>
      <mrow>{under}</mrow>
    </mfrac>
  )
}

/** e to the power of a variable with an index. */
export function Exp({ base = 'x', index }: { readonly base?: string; readonly index: string }): JSX.Element {
  return (
    <msup>
      <mi>e</mi>
      <Sub base={base} index={index} />
    </msup>
  )
}

export function Sum({ index, children }: Children & { readonly index: string }): JSX.Element {
  return (
    <>
      <munder>
        <mo>∑</mo>
        <mi>{index}</mi>
      </munder>
      {children}
    </>
  )
}

/** The derivative of one indexed variable by another. */
export function Derivative({ of, by }: { of: [string, string]; by: [string, string] }): JSX.Element {
  return (
    <Fraction
      over={
        <>
          <O>∂</O>
          <Sub base={of[0]} index={of[1]} />
        </>
      }
      under={
        <>
          <O>∂</O>
          <Sub base={by[0]} index={by[1]} />
        </>
      }
    />
  )
}
