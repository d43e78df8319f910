CREATE TABLE "books" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"coin" text COLLATE "C" NOT NULL,
	"mid" double precision,
	"bids" jsonb NOT NULL,
	"asks" jsonb NOT NULL,
	CONSTRAINT "books_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "candles" (
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"coin" text COLLATE "C",
	"interval" text COLLATE "C",
	"open_time" bigint,
	"close_time" bigint NOT NULL,
	"open" numeric NOT NULL,
	"high" numeric NOT NULL,
	"low" numeric NOT NULL,
	"close" numeric NOT NULL,
	"volume" numeric NOT NULL,
	"trades" integer,
	CONSTRAINT "candles_pkey" PRIMARY KEY("open_time","interval","coin")
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint PRIMARY KEY,
	"name" text COLLATE "C" NOT NULL,
	"target" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"wallet" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C" NOT NULL,
	"price" numeric NOT NULL,
	"size" numeric NOT NULL,
	"side" text COLLATE "C" NOT NULL,
	"start_position" numeric,
	"direction" text COLLATE "C",
	"closed_pnl" numeric,
	"fee" numeric,
	"fee_token" text COLLATE "C",
	"crossed" boolean,
	"hash" bytea,
	"order_id" bigint,
	"trade_id" bigint,
	"twap_id" bigint,
	"liquidated_user" text COLLATE "C",
	CONSTRAINT "fills_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "funding" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"coin" text COLLATE "C",
	"rate" double precision NOT NULL,
	"premium" double precision,
	CONSTRAINT "funding_pkey" PRIMARY KEY("coin","ts_event")
);
--> statement-breakpoint
CREATE TABLE "funding_payments" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"wallet" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C" NOT NULL,
	"amount" numeric NOT NULL,
	"position_size" numeric NOT NULL,
	"rate" double precision,
	CONSTRAINT "funding_payments_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"wallet" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C" NOT NULL,
	"order_id" bigint NOT NULL,
	"side" text COLLATE "C" NOT NULL,
	"order_type" text COLLATE "C",
	"limit_price" numeric NOT NULL,
	"trigger_price" numeric,
	"size" numeric NOT NULL,
	"original_size" numeric NOT NULL,
	"reduce_only" boolean NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"placed_at" bigint NOT NULL,
	CONSTRAINT "orders_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "other_events" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"ref" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"row" jsonb NOT NULL,
	CONSTRAINT "other_events_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "position_snapshots" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"wallet" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C" NOT NULL,
	"size" numeric NOT NULL,
	"entry_price" numeric,
	"leverage" double precision,
	"leverage_type" text COLLATE "C",
	"margin_used" numeric,
	"liquidation_price" numeric,
	"unrealised_pnl" numeric,
	"position_value" numeric,
	CONSTRAINT "position_snapshots_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "trades" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"coin" text COLLATE "C" NOT NULL,
	"price" numeric NOT NULL,
	"size" numeric NOT NULL,
	"taker_side" text COLLATE "C" NOT NULL,
	"buyer" text COLLATE "C" NOT NULL,
	"seller" text COLLATE "C" NOT NULL,
	"trade_id" bigint NOT NULL,
	"hash" bytea NOT NULL,
	CONSTRAINT "trades_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "transfers" (
	"ts_event" bigint,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" bigint,
	"wallet" text COLLATE "C" NOT NULL,
	"counterparty" text COLLATE "C" NOT NULL,
	"contract" text COLLATE "C" NOT NULL,
	"token" text COLLATE "C",
	"amount" numeric,
	"value_usd" double precision,
	"hash" bytea NOT NULL,
	CONSTRAINT "transfers_pkey" PRIMARY KEY("ts_event","event_id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"wallet" text COLLATE "C" PRIMARY KEY,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"account_value" numeric NOT NULL,
	"total_pnl" numeric
);
--> statement-breakpoint
CREATE TABLE "exchange_leaderboard" (
	"day" bigint,
	"wallet" text COLLATE "C",
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"display_name" text COLLATE "C",
	"account_value" numeric NOT NULL,
	"day_pnl" numeric NOT NULL,
	"day_roi" numeric NOT NULL,
	"day_volume" numeric NOT NULL,
	"week_pnl" numeric NOT NULL,
	"week_roi" numeric NOT NULL,
	"week_volume" numeric NOT NULL,
	"month_pnl" numeric NOT NULL,
	"month_roi" numeric NOT NULL,
	"month_volume" numeric NOT NULL,
	"all_pnl" numeric NOT NULL,
	"all_roi" numeric NOT NULL,
	"all_volume" numeric NOT NULL,
	CONSTRAINT "exchange_leaderboard_pkey" PRIMARY KEY("wallet","day")
);
--> statement-breakpoint
CREATE TABLE "marks" (
	"coin" text COLLATE "C" PRIMARY KEY,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"mid" numeric,
	"mark" numeric,
	"oracle" numeric,
	"open_interest" numeric,
	"day_volume_usd" numeric
);
--> statement-breakpoint
CREATE TABLE "metrics" (
	"name" text COLLATE "C",
	"period" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"value" double precision NOT NULL,
	CONSTRAINT "metrics_pkey" PRIMARY KEY("name","period")
);
--> statement-breakpoint
CREATE TABLE "leaderboard" (
	"window" text COLLATE "C",
	"address" text COLLATE "C",
	"rank" integer NOT NULL,
	"age_days" double precision,
	"account_value" double precision,
	"pnl" double precision NOT NULL,
	"roi" double precision,
	"volume" double precision NOT NULL,
	"trades" bigint NOT NULL,
	"win_rate" double precision,
	"avg_risk_ratio" double precision,
	"max_drawdown" double precision,
	"max_profit" double precision,
	"max_loss" double precision,
	"sharpe" double precision,
	"sortino" double precision,
	"profit_factor" double precision,
	"consistency" double precision,
	"maker_share" double precision,
	"score" double precision,
	"tier" text COLLATE "C" NOT NULL,
	"tags" text[] NOT NULL,
	"categories" text[] NOT NULL,
	"coins" text[] NOT NULL,
	"first_seen" bigint,
	"last_seen" bigint,
	"truncated" boolean NOT NULL,
	"as_of" bigint NOT NULL,
	CONSTRAINT "leaderboard_pkey" PRIMARY KEY("window","address")
);
--> statement-breakpoint
CREATE TABLE "archives" (
	"file" text COLLATE "C" PRIMARY KEY,
	"table" text COLLATE "C" NOT NULL,
	"month" bigint NOT NULL,
	"rows" bigint NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text COLLATE "C" NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "filter_counts" (
	"filter" text COLLATE "C",
	"outcome" text COLLATE "C",
	"count" bigint NOT NULL,
	CONSTRAINT "filter_counts_pkey" PRIMARY KEY("filter","outcome")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" text COLLATE "C" PRIMARY KEY,
	"doc" text COLLATE "C" NOT NULL,
	"schedule" text COLLATE "C" NOT NULL,
	"last_run" bigint,
	"next_run" bigint,
	"duration_ms" bigint,
	"outcome" text COLLATE "C",
	"error" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "meta" (
	"key" text COLLATE "C" PRIMARY KEY,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plugins" (
	"id" text COLLATE "C" PRIMARY KEY,
	"kind" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"api" text COLLATE "C" NOT NULL,
	"doc" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"reason" text COLLATE "C",
	"config" jsonb NOT NULL,
	"reads" text[] NOT NULL,
	"writes" text[] NOT NULL,
	"faults" integer NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text COLLATE "C" PRIMARY KEY,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"mode" text COLLATE "C" NOT NULL,
	"manifest" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_cursors" (
	"source" text COLLATE "C" PRIMARY KEY,
	"cursor" text COLLATE "C" NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"seq" bigint,
	"index" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"ref" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"severity" text COLLATE "C" NOT NULL,
	"title" text COLLATE "C" NOT NULL,
	"trader" text COLLATE "C",
	"coin" text COLLATE "C",
	"expires_at" bigint NOT NULL,
	"row" jsonb NOT NULL,
	"signal_seq" bigint NOT NULL,
	"signal_index" bigint NOT NULL,
	"latency_ms" bigint NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "alerts_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "category_events" (
	"seq" bigint,
	"index" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"ref" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"row" jsonb NOT NULL,
	"previous" jsonb,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "category_events_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "decision_counts" (
	"plugin" text COLLATE "C",
	"emitted" boolean,
	"because" text COLLATE "C",
	"count" bigint NOT NULL,
	CONSTRAINT "decision_counts_pkey" PRIMARY KEY("plugin","emitted","because")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"plugin" text COLLATE "C",
	"key" text COLLATE "C",
	"seq" bigint NOT NULL,
	"index" bigint NOT NULL,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"ref" text COLLATE "C" NOT NULL,
	"emitted" boolean NOT NULL,
	"because" text COLLATE "C" NOT NULL,
	"trace" jsonb NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "decisions_pkey" PRIMARY KEY("plugin","key")
);
--> statement-breakpoint
CREATE TABLE "faults" (
	"seq" bigint,
	"index" bigint,
	"ts_ingest" bigint NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"handler" text COLLATE "C" NOT NULL,
	"code" text COLLATE "C" NOT NULL,
	"message" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C",
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "faults_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "gaps" (
	"seq" bigint PRIMARY KEY,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"source" text COLLATE "C" NOT NULL,
	"stream" text COLLATE "C" NOT NULL,
	"scope" text COLLATE "C",
	"from" bigint NOT NULL,
	"to" bigint NOT NULL,
	"reason" text COLLATE "C" NOT NULL,
	"healed" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "history" (
	"seq" bigint,
	"index" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"ref" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"row" jsonb NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "history_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "rows" (
	"ref" text COLLATE "C",
	"version" integer,
	"key" text COLLATE "C",
	"seq" bigint NOT NULL,
	"index" bigint NOT NULL,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"entity" text COLLATE "C" NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"row" jsonb NOT NULL,
	"stale" boolean NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "rows_pkey" PRIMARY KEY("key","ref","version")
);
--> statement-breakpoint
CREATE TABLE "signals" (
	"seq" bigint,
	"index" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"plugin" text COLLATE "C" NOT NULL,
	"ref" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C",
	"trader" text COLLATE "C",
	"row" jsonb NOT NULL,
	"trace" jsonb NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "signals_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "position_events" (
	"seq" bigint,
	"index" bigint,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"address" text COLLATE "C" NOT NULL,
	"coin" text COLLATE "C" NOT NULL,
	"action" text COLLATE "C" NOT NULL,
	"size_before" numeric NOT NULL,
	"size_after" numeric NOT NULL,
	"price" double precision,
	"notional_usd" double precision,
	"realised_pnl" double precision,
	"source" text COLLATE "C" NOT NULL,
	"latency_ms" bigint NOT NULL,
	CONSTRAINT "position_events_pkey" PRIMARY KEY("seq","index")
);
--> statement-breakpoint
CREATE TABLE "positions" (
	"address" text COLLATE "C",
	"coin" text COLLATE "C",
	"seq" bigint NOT NULL,
	"index" bigint NOT NULL,
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"size" numeric NOT NULL,
	"entry_price" double precision,
	"opened_at" bigint,
	"cumulative_pnl" double precision NOT NULL,
	"cumulative_fees" double precision NOT NULL,
	"cumulative_funding" double precision NOT NULL,
	"episodes" integer NOT NULL,
	"wins" integer NOT NULL,
	"gaps" integer NOT NULL,
	"truncated" boolean NOT NULL,
	"stale" boolean NOT NULL,
	"row" jsonb NOT NULL,
	"run" text COLLATE "C" NOT NULL,
	CONSTRAINT "positions_pkey" PRIMARY KEY("address","coin")
);
--> statement-breakpoint
CREATE TABLE "traders" (
	"address" text COLLATE "C" PRIMARY KEY,
	"first_seen" bigint NOT NULL,
	"last_seen" bigint NOT NULL,
	"source" text COLLATE "C" NOT NULL,
	"tracked" boolean DEFAULT false NOT NULL,
	"tracked_by" text COLLATE "C",
	"display_name" text COLLATE "C",
	"account_value" numeric,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "books_coin" ON "books" ("coin","ts_event");--> statement-breakpoint
CREATE INDEX "candles_coin" ON "candles" ("coin","interval","open_time");--> statement-breakpoint
CREATE INDEX "fills_wallet" ON "fills" ("wallet","ts_event");--> statement-breakpoint
CREATE INDEX "funding_payments_wallet" ON "funding_payments" ("wallet","ts_event");--> statement-breakpoint
CREATE INDEX "orders_wallet" ON "orders" ("wallet","ts_event");--> statement-breakpoint
CREATE INDEX "other_events_ref" ON "other_events" ("ref","key","ts_event");--> statement-breakpoint
CREATE INDEX "position_snapshots_wallet" ON "position_snapshots" ("wallet","coin","ts_event");--> statement-breakpoint
CREATE INDEX "trades_coin" ON "trades" ("coin","ts_event");--> statement-breakpoint
CREATE INDEX "transfers_wallet" ON "transfers" ("wallet","ts_event");--> statement-breakpoint
CREATE INDEX "leaderboard_rank" ON "leaderboard" ("window","rank");--> statement-breakpoint
CREATE INDEX "leaderboard_pnl" ON "leaderboard" ("window","pnl");--> statement-breakpoint
CREATE INDEX "leaderboard_address" ON "leaderboard" ("address");--> statement-breakpoint
CREATE INDEX "alerts_coin" ON "alerts" ("coin","seq");--> statement-breakpoint
CREATE INDEX "alerts_trader" ON "alerts" ("trader","seq");--> statement-breakpoint
CREATE INDEX "category_events_key" ON "category_events" ("key","seq");--> statement-breakpoint
CREATE INDEX "faults_plugin" ON "faults" ("plugin","seq");--> statement-breakpoint
CREATE INDEX "history_key" ON "history" ("key","ref","seq");--> statement-breakpoint
CREATE INDEX "rows_ref" ON "rows" ("ref","version","key");--> statement-breakpoint
CREATE INDEX "signals_coin" ON "signals" ("coin","seq");--> statement-breakpoint
CREATE INDEX "signals_trader" ON "signals" ("trader","seq");--> statement-breakpoint
CREATE INDEX "position_events_address" ON "position_events" ("address","seq");--> statement-breakpoint
CREATE INDEX "positions_coin" ON "positions" ("coin");--> statement-breakpoint
CREATE INDEX "traders_tracked" ON "traders" ("tracked","address");--> statement-breakpoint
CREATE INDEX "traders_first_seen" ON "traders" ("first_seen","address");