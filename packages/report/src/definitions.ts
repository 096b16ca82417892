/** What each word means, what it measures and what it hides. */

export type DefinitionId =
  | 'accuracy'
  | 'top-k'
  | 'balanced-accuracy'
  | 'confidence'
  | 'gap'
  | 'ece'
  | 'chance'
  | 'mce'
  | 'classwise-ece'
  | 'nll'
  | 'brier'
  | 'aurc'
  | 'reliability'
  | 'temperature'
  | 'cross-fitting'
  | 'interval'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'confusion'
  | 'sets'

export interface Definition {
  term: string
  /** In words anybody reads. */
  plain: string
  /** The formula or the exact procedure. */
  exact: string
  /** What it hides, where something is easily overlooked. */
  hides?: string
}

/** n rows; c_i the confidence of row i, p_ik its probability of class k, y_i its true class; bins b of n_b rows. */
export const definitions: Record<DefinitionId, Definition> = {
  accuracy: {
    term: 'Accuracy',
    plain: 'How often the most probable class is the true one.',
    exact: 'The number of rows with argmax p_i = y_i, divided by n. Ties go to the lowest class.',
    hides: 'How sure the model was; and rare classes, which hardly count.',
  },
  'top-k': {
    term: 'Top-k accuracy',
    plain: 'How often the true class is among the k most probable.',
    exact: 'The part of the rows with fewer than k classes ahead of the true one.',
  },
  'balanced-accuracy': {
    term: 'Balanced accuracy',
    plain: 'Accuracy as if every class had as many rows.',
    exact: 'The mean of the recall over the classes that have rows.',
    hides: 'How often each class occurs in use.',
  },
  confidence: {
    term: 'Confidence',
    plain: 'The probability the model gives to its own answer.',
    exact: 'c_i = max_k p_ik; the mean confidence is (1/n) Σ_i c_i.',
  },
  gap: {
    term: 'Confidence − accuracy',
    plain: 'How much more the model claims than comes true, on average. Above 0 it is overconfident.',
    exact: 'Mean confidence less accuracy, in points of percentage.',
    hides: 'Claims that are too high in one range and too low in another: they cancel.',
  },
  ece: {
    term: 'ECE, expected calibration error',
    plain: 'How far claim and truth are apart, on average: 0 when nine of ten claims of 90 % come true.',
    exact: 'Σ_b (n_b / n) |accuracy_b − confidence_b| over bins of equal width (Guo et al., 2017).',
    hides:
      'Errors that cancel within a bin. It depends on the bins, and chance makes it larger than 0 even for a perfect model.',
  },
  chance: {
    term: 'ECE by chance alone',
    plain:
      'What a model would show on as many rows if its every claim were true. An ECE no larger than chance gives is no evidence against the model.',
    exact:
      'The mean of the ECE when each row is right with probability c_i. The verdict holds the ECE against this mean plus two standard deviations (after Bröcker and Smith, 2007).',
  },
  mce: {
    term: 'MCE, maximum calibration error',
    plain: 'How far claim and truth are apart in the worst bin.',
    exact: 'max_b |accuracy_b − confidence_b| over bins with rows.',
    hides: 'How few rows the worst bin may have.',
  },
  'classwise-ece': {
    term: 'Class-wise ECE',
    plain: 'The calibration error of each class’s own probability, averaged over classes.',
    exact:
      'For each class k, rows are binned by p_ik and held against how often y_i = k; the mean over classes (Kull et al., 2019).',
    hides: 'With many classes most probabilities are near 0, and so is this number.',
  },
  nll: {
    term: 'NLL, negative log-likelihood',
    plain: 'The loss: how surprised the model is by the truth. 0 is perfect; always saying 1 in K gives ln K.',
    exact: '−(1/n) Σ_i ln p_{i, y_i}, in nats. A proper score: honest probabilities make it smallest.',
    hides: 'Nothing of calibration, but one row given probability 0 makes it infinite.',
  },
  brier: {
    term: 'Brier score',
    plain: 'The squared distance of the probabilities from the truth. 0 is perfect, 2 the worst.',
    exact: '(1/n) Σ_i Σ_k (p_ik − [y_i = k])². A proper score (Brier, 1950).',
  },
  aurc: {
    term: 'Risk and coverage, AURC',
    plain:
      'If only the surest rows are answered (coverage), which part of the answers is wrong (risk). AURC is the mean risk over all coverages: smaller is better.',
    exact: 'Rows in order of confidence; the mean over m = 1 … n of the error rate of the first m.',
    hides: 'Whether the confidences are true: it depends on their order alone.',
  },
  reliability: {
    term: 'Reliability diagram',
    plain:
      'Rows are grouped by what was claimed. A bar shows how often they were right; on the dashed diagonal, claim and truth agree. Hatching is the gap. Grey bars below show how many rows each group has.',
    exact:
      'Bins (lower, upper] of equal width. A bracket holds the central 95 % of the binomial distribution of n_b rows, each right with probability confidence_b: a bar that ends within it proves nothing.',
  },
  temperature: {
    term: 'Temperature',
    plain:
      'One number that all logits are divided by before softmax. Above 1 it makes the model less sure, below 1 surer. The order of the classes, and so every answer, stays as it is.',
    exact: 'p = softmax(x / T), with T > 0 chosen to make the NLL smallest (Guo et al., 2017).',
    hides: 'It cannot mend errors that differ between classes or ranges.',
  },
  'cross-fitting': {
    term: 'Cross-fitted',
    plain: 'No row is judged by a fit that has seen it.',
    exact:
      'Rows are dealt into folds by a seed. Each fold is calibrated by the temperature that was fitted on the other rows; then all rows are evaluated together.',
  },
  interval: {
    term: 'Interval',
    plain: 'Where the number would lie, had other rows of the same kind been drawn.',
    exact: 'Percentiles of a bootstrap with Poisson weights over rows, with a fixed seed.',
    hides: 'Chance makes an ECE larger, never smaller: its interval lies too high when there are few rows.',
  },
  precision: {
    term: 'Precision',
    plain: 'Of the rows that were given this class, the part that is of it.',
    exact: 'correct_k / predicted_k.',
  },
  recall: {
    term: 'Recall',
    plain: 'Of the rows of this class, the part that was recognised.',
    exact: 'correct_k / count_k.',
  },
  f1: {
    term: 'F1',
    plain: 'Precision and recall in one number.',
    exact: '2 · correct_k / (count_k + predicted_k), their harmonic mean.',
  },
  confusion: {
    term: 'Confusion matrix',
    plain: 'Which class is taken for which: a line for each true class, a column for each predicted one.',
    exact: 'The number of rows with y_i = line and argmax p_i = column.',
  },
  sets: {
    term: 'Prediction sets',
    plain:
      'Instead of one answer, as many classes as are needed for the true one to be among them as often as was asked for.',
    exact:
      'Conformal prediction: scores above the ⌈(m + 1)(1 − α)⌉-th smallest of m calibration rows are left out (Vovk et al., 2005; Angelopoulos and Bates, 2021).',
    hides: 'The promise is for all rows together, not for each class or each kind of row.',
  },
}
