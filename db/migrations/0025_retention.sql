CREATE INDEX "messages_kept" ON "holdpoint"."messages" USING btree ("at") WHERE chat = 'console' and body is not null;
--> statement-breakpoint
DROP FUNCTION holdpoint.forget(timestamptz, bigint, int);
