-- A plan under enable_seqscan = off is priced as if it could not be afforded wherever a table is read whole all the same. PostgreSQL
-- with JIT, which is on by default, then compiles it each time: a commit took fifteen times as long. (CREATE OR REPLACE forgets it.)
ALTER FUNCTION holdpoint.commit(jsonb) SET jit = off;
--> statement-breakpoint
ALTER FUNCTION holdpoint.forget(timestamptz, bigint, int) SET jit = off;
