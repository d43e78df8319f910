import { expect, test } from 'vitest';
import { activity, points, pressure, price, size, summary } from '../pipeline/every-kind.fixture.ts';
import { makePlan } from '../plan.ts';
import { explainMermaid, explainText } from './explain.ts';

const plan = makePlan({ plugins: [pressure, activity, points, summary, size, price] });

test('a plan is told as text: order, what is read, from whom, and what is provided', () => {
  const text = explainText(plan);
  const lines = text.split('\n');
  expect(lines.filter(line => /^ {2}\d/.test(line)).map(line => line.trim().split(' ')[1])).toEqual([
    'price',
    'size',
    'summary',
    'points',
    'activity',
    'pressure',
  ]);
  expect(text).toContain('reads coin.price@1 (feature, by coin) as inputs.price, from price');
  expect(text).toContain(
    'reads wallet.unknown@1 (category, by trader) as inputs.unknown, which nobody provides; it is optional',
  );
  expect(text).toContain(
    'reads trade@1 (event, by coin) as on, which no collector here emits; a recording may',
  );
  expect(text).toContain('evaluated every 5s');
  expect(text).toContain('configured by {"busyFrom":8}');
});

test('a plan is told as a Mermaid chart of boxes by stage and refs between them', () => {
  const lines = explainMermaid(plan)
    .split('\n')
    .map(line => line.trim());
  expect(lines[0]).toBe('flowchart LR');
  expect(lines).toContain('subgraph classifiers');
  expect(lines).toContain('n_summary["summary"]');
  expect(lines).toContain('n_summary -->|wallet.summary| n_points');
  expect(lines).toContain('n_trade(("trade")) --> n_price');
  expect(lines.filter(line => line.startsWith('n_activity -->|wallet.activity|'))).toHaveLength(1);
});
