import { defineFeature, feature, integer, number, trade, tradersOf, walletPosition } from 'hypersonar/plugin';

export const holdingTime = feature({
  id: 'example.holding-time',
  version: 1,
  entity: 'trader',
  doc: 'How long a wallet holds its positions.',
  fields: {
    episodes: integer({ unit: 'count', doc: 'Positions that were opened and closed.', min: 0 }),
    meanMs: number({
      unit: 'ms',
      doc: 'Mean time from open to close.',
      nullable: 'nothing was closed yet',
      min: 0,
    }),
    longestMs: number({ unit: 'ms', doc: 'The longest.', nullable: 'nothing was closed yet', min: 0 }),
  },
});

/** Measures how long a wallet holds its positions, from the ledger's episodes. */
export default defineFeature({
  id: 'holding-time',
  version: '1.0.0',
  api: '^1.0.0',
  doc: 'Measures how long a wallet holds its positions.',
  on: [trade],
  inputs: { position: walletPosition },
  output: holdingTime,
  key: event => tradersOf(event.payload),
  initial: () => ({ episodes: 0, totalMs: 0, longestMs: 0 }),
  update(state, event, ctx) {
    const held = ctx.inputs.position([ctx.key, event.payload.coin])?.episodeHoldingMs ?? null;
    if (held === null) return;
    state.episodes++;
    state.totalMs += held;
    state.longestMs = Math.max(state.longestMs, held);
  },
  value: ({ episodes, totalMs, longestMs }) => ({
    episodes,
    meanMs: episodes === 0 ? null : totalMs / episodes,
    longestMs: episodes === 0 ? null : longestMs,
  }),
});
