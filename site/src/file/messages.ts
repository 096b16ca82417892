/** What the page and the worker that measures a file say to each other. */
import type { ReportInput } from '@onesum/report'

/** What the numbers of a file are; left out, logits, and refused where they look like probabilities. */
export type From = 'logits' | 'probabilities'

/** The files of one model. */
export interface Files {
  readonly logits: File
  /** Left out where the labels are a column of the logits. */
  readonly labels?: File
  /** The column of the labels, by name or number; empty where they have a file to themselves. */
  readonly labelColumn: string
  /** The names of the classes, in their order. */
  readonly names?: File
}

export type Order =
  | { readonly kind: 'measure'; readonly files: Files; readonly from: From | undefined }
  | { readonly kind: 'calibrator' }
  | { readonly kind: 'probabilities' }

export type Answer =
  /** The part that is done, from 0 to 1. */
  | { readonly kind: 'progress'; readonly doing: 'Reading' | 'Measuring'; readonly done: number }
  | { readonly kind: 'measured'; readonly input: ReportInput }
  | { readonly kind: 'made'; readonly name: string; readonly content: Blob }
  | { readonly kind: 'failed'; readonly message: string }
