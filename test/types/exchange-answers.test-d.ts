import { expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { InfoAnswers } from '../../src/plugins/collectors/hyperliquid-connection/info-types.ts';
import type * as accounts from '../../src/plugins/collectors/hyperliquid-connection/wire/accounts.ts';
import type * as markets from '../../src/plugins/collectors/hyperliquid-connection/wire/markets.ts';

/*
 * What the maintained client says of the answers, and what the schemas accept, agree: every answer of its types is accepted.
 */

type Row<Type extends keyof InfoAnswers> =
  NonNullable<InfoAnswers[Type]> extends readonly (infer Element)[] ? Element : never;

test('rows of lists', () => {
  expectTypeOf<Row<'userFills'>>().toExtend<z.input<typeof accounts.fill>>();
  expectTypeOf<Row<'userFillsByTime'>>().toExtend<z.input<typeof accounts.fill>>();
  expectTypeOf<Row<'userTwapSliceFillsByTime'>>().toExtend<z.input<typeof accounts.twapFill>>();
  expectTypeOf<Row<'userFunding'>>().toExtend<z.input<typeof accounts.fundingPayment>>();
  expectTypeOf<Row<'userNonFundingLedgerUpdates'>>().toExtend<z.input<typeof accounts.ledgerUpdate>>();
  expectTypeOf<Row<'frontendOpenOrders'>>().toExtend<z.input<typeof accounts.order>>();
  expectTypeOf<Row<'openOrders'>>().toExtend<z.input<typeof accounts.order>>();
  expectTypeOf<Row<'historicalOrders'>>().toExtend<z.input<typeof accounts.orderRecord>>();
  expectTypeOf<Row<'twapHistory'>>().toExtend<z.input<typeof accounts.twapRecord>>();
  expectTypeOf<Row<'subAccounts'>>().toExtend<z.input<typeof accounts.subAccount>>();
  expectTypeOf<Row<'subAccounts2'>>().toExtend<z.input<typeof accounts.subAccountOfAllDexes>>();
  expectTypeOf<Row<'userVaultEquities'>>().toExtend<z.input<typeof accounts.vaultEquity>>();
  expectTypeOf<Row<'vaultSummaries'>>().toExtend<z.input<typeof accounts.vaultSummary>>();
  expectTypeOf<Row<'candleSnapshot'>>().toExtend<z.input<typeof markets.candle>>();
  expectTypeOf<Row<'fundingHistory'>>().toExtend<z.input<typeof markets.fundingRate>>();
  expectTypeOf<Row<'recentTrades'>>().toExtend<z.input<typeof markets.trade>>();
});

test('whole answers', () => {
  expectTypeOf<InfoAnswers['clearinghouseState']>().toExtend<z.input<typeof accounts.clearinghouse>>();
  expectTypeOf<InfoAnswers['spotClearinghouseState']>().toExtend<z.input<typeof accounts.spotState>>();
  expectTypeOf<InfoAnswers['portfolio']>().toExtend<z.input<typeof accounts.portfolio>>();
  expectTypeOf<InfoAnswers['userRole']>().toExtend<z.input<typeof accounts.role>>();
  expectTypeOf<NonNullable<InfoAnswers['vaultDetails']>>().toExtend<z.input<typeof accounts.vaultDetails>>();
  expectTypeOf<InfoAnswers['meta']>().toExtend<z.input<typeof markets.perpMeta>>();
  expectTypeOf<InfoAnswers['metaAndAssetCtxs'][1][number]>().toExtend<z.input<typeof markets.perpContext>>();
  expectTypeOf<InfoAnswers['spotMeta']>().toExtend<z.input<typeof markets.spotMeta>>();
  expectTypeOf<InfoAnswers['spotMetaAndAssetCtxs'][1][number]>().toExtend<
    z.input<typeof markets.spotContext>
  >();
  expectTypeOf<NonNullable<InfoAnswers['perpDexs'][number]>>().toExtend<z.input<typeof markets.perpDex>>();
  expectTypeOf<NonNullable<InfoAnswers['l2Book']>>().toExtend<z.input<typeof markets.book>>();
  expectTypeOf<InfoAnswers['exchangeStatus']>().toExtend<z.input<typeof markets.exchangeStatus>>();
});
