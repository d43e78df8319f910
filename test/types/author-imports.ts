import type { RowOf, walletPosition } from '../../src/plugin-api/index.ts';

export * from '../../src/plugin-api/index.ts';
export type Position = RowOf<typeof walletPosition>;
