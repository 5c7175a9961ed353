CREATE TABLE "holdpoint"."cosignatures" (
	"witness" text NOT NULL,
	"size" bigint NOT NULL,
	"note" text NOT NULL,
	"line" text NOT NULL,
	CONSTRAINT "cosignatures_witness_size_pk" PRIMARY KEY("witness","size")
);
--> statement-breakpoint
CREATE INDEX "cosignatures_size_index" ON "holdpoint"."cosignatures" USING btree ("size");