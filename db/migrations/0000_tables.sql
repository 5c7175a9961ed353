CREATE SCHEMA IF NOT EXISTS "holdpoint";
--> statement-breakpoint
CREATE TABLE "holdpoint"."checkpoint" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"size" bigint NOT NULL,
	"note" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."conditions" (
	"deployment" text NOT NULL,
	"trigger" text NOT NULL,
	"condition" text NOT NULL,
	"occurrence" text NOT NULL,
	"escalation" text NOT NULL,
	"firing" boolean NOT NULL,
	"lowest" double precision,
	"highest" double precision,
	"verdict" text NOT NULL,
	"first_at" timestamptz NOT NULL,
	"last_at" timestamptz NOT NULL,
	"signals" integer NOT NULL,
	CONSTRAINT "conditions_key" PRIMARY KEY("escalation","deployment","trigger","condition","occurrence")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."deliveries" (
	"number" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"source" text NOT NULL,
	"received_at" timestamptz NOT NULL,
	"content_type" text NOT NULL,
	"body" "bytea" NOT NULL,
	"identity" text,
	"leased_until" timestamptz,
	"evaluated_at" timestamptz,
	CONSTRAINT "deliveries_id_unique" UNIQUE("id"),
	CONSTRAINT "deliveries_identity" UNIQUE("source","identity")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."dues" (
	"stream" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamptz NOT NULL,
	CONSTRAINT "dues_stream_kind_at_pk" PRIMARY KEY("stream","kind","at")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."entries" (
	"index" bigint PRIMARY KEY NOT NULL,
	"bytes" "bytea" NOT NULL,
	"leaf" "bytea" NOT NULL,
	"id" text NOT NULL,
	"at" timestamptz NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"deployment" text,
	"decision" text,
	CONSTRAINT "entries_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."entry_about" (
	"what" text NOT NULL,
	"index" bigint NOT NULL,
	CONSTRAINT "entry_about_what_index_pk" PRIMARY KEY("what","index")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."escalations" (
	"id" text PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"deployment" text NOT NULL,
	"trigger" text NOT NULL,
	"severity" text NOT NULL,
	"opened_at" timestamptz NOT NULL,
	"doc" jsonb NOT NULL,
	CONSTRAINT "escalations_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."log_head" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"size" bigint NOT NULL,
	"at" timestamptz NOT NULL,
	"peaks" "bytea"[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."log_identity" (
	"one" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"origin" text NOT NULL,
	"vkey" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."messages" (
	"chat" text NOT NULL,
	"key" text NOT NULL,
	"channel" text NOT NULL,
	"escalation" text NOT NULL,
	"to" jsonb NOT NULL,
	"body" jsonb,
	"at" timestamptz NOT NULL,
	CONSTRAINT "messages_chat_key_pk" PRIMARY KEY("chat","key")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."nodes" (
	"level" integer NOT NULL,
	"index" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "nodes_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"chat" text NOT NULL,
	"key" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"claimed" integer DEFAULT 0 NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"waiting_since" timestamptz DEFAULT now() NOT NULL,
	"attempted_at" timestamptz,
	"leased_until" timestamptz,
	"retry_at" timestamptz,
	"last_error" text,
	"sent_at" timestamptz,
	CONSTRAINT "outbox_key" UNIQUE("chat","key")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."people" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"slack" text,
	"teams" text
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."policies" (
	"digest" text PRIMARY KEY NOT NULL,
	"canonical" "bytea" NOT NULL,
	"yaml" "bytea" NOT NULL,
	"adopted_at" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."receipts" (
	"key" text PRIMARY KEY NOT NULL,
	"result" text,
	"voided" text[],
	"at" timestamptz DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."sessions" (
	"hash" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"kind" text NOT NULL,
	"expires" timestamptz NOT NULL,
	"spent_at" timestamptz
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."signals" (
	"delivery" text NOT NULL,
	"position" integer NOT NULL,
	"escalation" text NOT NULL,
	"deployment" text NOT NULL,
	"at" timestamptz NOT NULL,
	"observed" jsonb NOT NULL,
	CONSTRAINT "signals_delivery_position_escalation_pk" PRIMARY KEY("delivery","position","escalation")
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."streams" (
	"name" text PRIMARY KEY NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"state" jsonb
);
--> statement-breakpoint
CREATE TABLE "holdpoint"."texts" (
	"commitment" text PRIMARY KEY NOT NULL,
	"salt" "bytea" NOT NULL,
	"text" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "conditions_of" ON "holdpoint"."conditions" USING btree ("deployment","condition");--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "holdpoint"."deliveries" USING btree ("number") WHERE evaluated_at is null;--> statement-breakpoint
CREATE INDEX "dues_at" ON "holdpoint"."dues" USING btree ("at");--> statement-breakpoint
CREATE INDEX "entries_at" ON "holdpoint"."entries" USING btree ("at","index");--> statement-breakpoint
CREATE INDEX "entries_kind" ON "holdpoint"."entries" USING btree ("kind","index");--> statement-breakpoint
CREATE INDEX "entries_deployment" ON "holdpoint"."entries" USING btree ("deployment","index");--> statement-breakpoint
CREATE INDEX "entries_decision" ON "holdpoint"."entries" USING btree ("decision","index") WHERE decision is not null;--> statement-breakpoint
CREATE INDEX "escalations_status" ON "holdpoint"."escalations" USING btree ("status","number");--> statement-breakpoint
CREATE INDEX "escalations_deployment" ON "holdpoint"."escalations" USING btree ("deployment","number");--> statement-breakpoint
CREATE INDEX "messages_at" ON "holdpoint"."messages" USING btree ("chat","at");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "holdpoint"."outbox" USING btree ("chat","waiting_since","id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "signals_escalation" ON "holdpoint"."signals" USING btree ("escalation","at");--> statement-breakpoint
CREATE INDEX "signals_deployment" ON "holdpoint"."signals" USING btree ("deployment","at");--> statement-breakpoint
CREATE INDEX "texts_hash" ON "holdpoint"."texts" USING btree (sha256("text"));