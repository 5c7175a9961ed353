CREATE TABLE "holdpoint"."conversations" (
	"chat" text NOT NULL,
	"id" text NOT NULL,
	"reference" jsonb NOT NULL,
	"at" timestamptz NOT NULL,
	CONSTRAINT "conversations_chat_id_pk" PRIMARY KEY("chat","id")
);
--> statement-breakpoint
CREATE INDEX "conversations_at" ON "holdpoint"."conversations" USING btree ("chat","at");