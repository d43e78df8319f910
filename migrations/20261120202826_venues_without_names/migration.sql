ALTER TABLE "trades" ALTER COLUMN "buyer" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ALTER COLUMN "seller" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ALTER COLUMN "trade_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ALTER COLUMN "hash" DROP NOT NULL;