CREATE TABLE "holdpoint"."endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"gone_at" timestamptz DEFAULT now() NOT NULL,
	"adopted_at" timestamptz NOT NULL
);
