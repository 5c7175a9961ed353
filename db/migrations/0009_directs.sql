CREATE INDEX "messages_escalation" ON "holdpoint"."messages" USING btree ("chat","escalation","at");
