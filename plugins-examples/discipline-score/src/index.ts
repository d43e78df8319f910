import { defineModel, number, score, walletFeatures } from 'hypersonar/plugin';
import { record, strictObject, number as zodNumber, string as zodString } from 'zod';

const artifact = strictObject({
  intercept: zodNumber(),
  weights: record(zodString(), zodNumber()),
  means: record(zodString(), zodNumber()),
});

export const disciplineScore = score({
  id: 'example.discipline',
  version: 1,
  entity: 'trader',
  doc: 'How disciplined a wallet trades.',
  fields: {
    discipline: number({
      unit: 'probability',
      doc: 'Near 1: even sizes, resting orders, few flips.',
      min: 0,
      max: 1,
    }),
  },
});

/** Scores how disciplined a wallet trades, with a logistic model whose coefficients are in `model.json`. */
export default defineModel({
  id: 'discipline-score',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Scores how disciplined a wallet trades, with a logistic model.',
  inputs: { features: walletFeatures },
  output: disciplineScore,
  artifact: new URL('./model.json', import.meta.url),
  load: bytes => artifact.parse(JSON.parse(new TextDecoder().decode(bytes))),
  score: (rows, { model }) =>
    rows.map(({ features }) => {
      let sum = model.intercept;
      for (const [name, weight] of Object.entries(model.weights)) {
        const value = features[name as keyof typeof features];
        // A feature that is not known says nothing: it counts as its mean.
        if (value !== null) sum += weight * (value - (model.means[name] ?? 0));
      }
      return { discipline: 1 / (1 + Math.exp(-sum)) };
    }),
});
