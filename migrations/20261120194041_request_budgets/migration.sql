CREATE TABLE "request_budgets" (
	"name" text COLLATE "C" PRIMARY KEY,
	"version" bigint NOT NULL,
	"state" jsonb NOT NULL
);
