/** The pictures of a report, each with what it shows in words. */
import {
  className,
  classReliability,
  confidenceHistogram,
  confusionMatrix,
  describeClassReliability,
  describeConfidence,
  describeConfusion,
  describeReliability,
  describeRiskCoverage,
  describeSetSizes,
  describeTemperature,
  reliabilityDiagram,
  riskCoverageCurve,
  setSizeChart,
  temperatureCurve,
  worstClasses,
} from '@onesum/charts'
import { element, type Html, html } from './html.ts'
import type { ReportInput } from './input.ts'
import { term } from './terms.ts'

/** Claim and truth, before and after. */
export function reliabilityPictures({ before, after }: ReportInput, document: Document): Html {
  const states = [
    { id: 'before', name: 'Before', bins: before.bins },
    { id: 'after', name: 'After', bins: after.bins },
  ]
  const diagrams = states.map(({ id, name, bins }) =>
    figure(
      html`${name}: ${term('reliability', 'claim and truth')}`,
      reliabilityDiagram(bins, {
        document,
        id: `${id}-reliability`,
        title: `Reliability diagram, ${name.toLowerCase()}`,
      }),
      describeReliability(bins),
    ),
  )
  const histograms = states.map(({ id, name, bins }) =>
    figure(
      html`${name}: ${term('confidence', 'confidence')} of right and wrong rows`,
      confidenceHistogram(bins, {
        document,
        id: `${id}-confidence`,
        title: `Confidence of right and wrong rows, ${name.toLowerCase()}`,
      }),
      describeConfidence(bins),
    ),
  )
  return html`<div class="figures">${diagrams}${histograms}</div>`
}

/** What the temperature does, what refusing gains, how large sets are, and what is taken for what. */
export function otherPictures({ before, after, calibration, sets, classNames }: ReportInput, document: Document): Html {
  const { curve, temperature, bound } = calibration
  const best = bound ? {} : { best: temperature }
  const pictures = [
    curve.length > 1
      ? figure(
          html`Loss by ${term('temperature', 'temperature')}`,
          temperatureCurve(curve, { document, ...best }),
          describeTemperature(curve, best.best),
        )
      : undefined,
    after.riskCoverage.curve.length > 1
      ? figure(
          html`${term('aurc', 'Risk and coverage')}, after`,
          riskCoverageCurve(after.riskCoverage.curve, { document }),
          describeRiskCoverage(after.riskCoverage.curve),
        )
      : undefined,
    sets
      ? figure(html`${term('sets', 'Prediction sets')}`, setSizeChart(sets, { document }), describeSetSizes(sets))
      : undefined,
    before.confusion
      ? figure(
          html`${term('confusion', 'Confusion matrix')}`,
          confusionMatrix(before.confusion, { document, ...(classNames ? { classNames } : {}) }),
          describeConfusion(before.confusion, classNames),
        )
      : undefined,
  ]
  return html`<div class="figures">${pictures}</div>`
}

/** The 24 classes whose probabilities are furthest off, each a small picture, so that they fill any width. */
export function classPictures({ before, classNames }: ReportInput, document: Document): Html | undefined {
  const classes = before.perClass.flatMap(({ class: index, bins }) =>
    bins ? [{ index, name: className(index, classNames), bins }] : [],
  )
  if (classes.length === 0) return undefined
  const panels = worstClasses(classes).map((entry, rank) =>
    element(
      classReliability([entry], {
        document,
        width: 130,
        id: `class-${rank}`,
        title: `Reliability of one class, number ${rank + 1}`,
      }),
    ),
  )
  return html`<p class="shown">${describeClassReliability(classes)} A dot is how often the class was true against the
    probability it was given; the line leads to where it belongs.</p>
<div class="classes">${panels.map((panel) => html`<figure>${panel}</figure>`)}</div>`
}

function figure(title: Html, picture: Element, words: string): Html {
  return html`<figure><h3>${title}</h3>${element(picture)}<figcaption>${words}</figcaption></figure>`
}
