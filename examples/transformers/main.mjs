// What a text classifier says, with probabilities and how far to trust them.
import { AutoModelForSequenceClassification, AutoTokenizer } from '@huggingface/transformers'
import { evaluate } from 'onesum/metrics'
import { classify } from './classify.mjs'

const name = process.argv[2] ?? 'Xenova/distilbert-base-uncased-finetuned-sst-2-english'
const texts = ['A warm, funny film.', 'Two hours that I want back.', 'Not bad, not bad at all.', 'It has subtitles.']
const labels = [1, 0, 1, 0]

const tokenizer = await AutoTokenizer.from_pretrained(name)
const model = await AutoModelForSequenceClassification.from_pretrained(name, { dtype: 'q8' })
const { logits } = await model(tokenizer(texts, { padding: true, truncation: true }))

const names = Object.values(model.config.id2label)
for (const [i, ranking] of classify(logits, names).entries()) {
  const text = ranking.map(({ name, probability }) => `${name} ${(100 * probability).toFixed(1)} %`).join(', ')
  console.log(`${texts[i]}  ${text}`)
}

// a real verdict needs some hundred labelled texts; with four it only shows how to ask
const { accuracy, meanConfidence, nll } = evaluate(logits, labels)
console.log(`right: ${accuracy}, sure: ${meanConfidence.toFixed(3)}, NLL: ${nll.toFixed(3)}`)
