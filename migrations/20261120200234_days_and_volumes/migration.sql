CREATE TABLE "mark_days" (
	"day" bigint,
	"coin" text COLLATE "C",
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"mid" numeric,
	"mark" numeric,
	"oracle" numeric,
	"open_interest" numeric,
	"day_volume_usd" numeric,
	CONSTRAINT "mark_days_pkey" PRIMARY KEY("coin","day")
);
--> statement-breakpoint
CREATE TABLE "tickers" (
	"day" bigint,
	"coin" text COLLATE "C",
	"ts_event" bigint NOT NULL,
	"ts_ingest" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"price" numeric NOT NULL,
	"previous_price" numeric,
	"day_volume" numeric,
	"day_volume_usd" numeric,
	CONSTRAINT "tickers_pkey" PRIMARY KEY("coin","day")
);
--> statement-breakpoint
ALTER TABLE "filter_counts" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "filter_counts" ADD COLUMN "measured" bigint DEFAULT 0 NOT NULL;