/** What plugin authors test with. */
export { type TestCollectorContext, testCollectorContext } from './collector-context.ts';
export * from './conformance/index.ts';
export * from './exchange/index.ts';
export { sampleAddress, sampleRow, seededDraw } from './sample-rows.ts';
export { type SampleTapeOptions, sampleTape, troubledTape } from './sample-tape.ts';
export { type TapeBuilder, tapeBuilder } from './tape-builder.ts';
