export { type Assessment, assess } from './assess.ts'
export { type Definition, type DefinitionId, definitions } from './definitions.ts'
export type { Figure, Value } from './figures.ts'
export type {
  Calibration,
  FileNames,
  Interval,
  Measured,
  MeasuredClass,
  MeasuredIntervals,
  ReportInput,
  WrongRow,
} from './input.ts'
export { type MeasureOptions, measure } from './measure.ts'
export type { Step } from './next-steps.ts'
export { type ReportOptions, renderReport } from './render.ts'
export type { ScoreArray } from './rows.ts'
export { type Remedy, type Verdict, verdictOf } from './verdict.ts'
