CREATE TABLE "selection" (
	"address" text COLLATE "C" PRIMARY KEY,
	"selected" boolean NOT NULL,
	"tier" text COLLATE "C",
	"outcome" text COLLATE "C" NOT NULL,
	"because" text COLLATE "C" NOT NULL,
	"score" double precision,
	"account_value" double precision,
	"likely_active" boolean,
	"activity_reason" text COLLATE "C",
	"activity_confidence" double precision,
	"as_of" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "by" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "tier" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "traders" ADD COLUMN "tracked_tier" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "traders" ADD COLUMN "tracked_since" bigint;--> statement-breakpoint
ALTER TABLE "traders" ADD COLUMN "is_vault" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "traders" ADD COLUMN "discovered_in" text COLLATE "C";--> statement-breakpoint
CREATE INDEX "selection_outcome" ON "selection" ("outcome","address");--> statement-breakpoint
CREATE INDEX "traders_tracked_by" ON "traders" ("tracked_by","address") WHERE "tracked_by" <> 'tape';