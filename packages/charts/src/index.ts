export type { ReliabilityBin } from './bins.ts'
export { calibrationError, worstBin } from './bins.ts'
export type { ChartOptions } from './chart.ts'
export {
  type ClassReliability,
  type ClassReliabilityOptions,
  classReliability,
  describeClassReliability,
  worstClasses,
} from './class-reliability.ts'
export { confidenceHistogram, describeConfidence } from './confidence.ts'
export { type ConfusionOptions, confusionMatrix, describeConfusion } from './confusion.ts'
export { describeReliability, reliabilityDiagram } from './reliability.ts'
export { describeRiskCoverage, type RiskPoint, riskCoverageCurve } from './risk-coverage.ts'
export { describeSetSizes, type SetSizes, setSizeChart } from './set-sizes.ts'
export { describeTemperature, type TemperatureOptions, type TemperaturePoint, temperatureCurve } from './temperature.ts'
export { className, count, counted, isolate, percent, points, shorten } from './words.ts'
