CREATE TABLE "holdpoint"."evidence" (
	"escalation" text PRIMARY KEY NOT NULL,
	"signals" integer DEFAULT 0 NOT NULL,
	"first_at" timestamptz DEFAULT 'infinity' NOT NULL,
	"last_at" timestamptz DEFAULT '-infinity' NOT NULL,
	"firing_conditions" integer DEFAULT 0 NOT NULL,
	"lowest" double precision,
	"highest" double precision,
	"fired" boolean DEFAULT false NOT NULL,
	"names" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "holdpoint"."conditions_of";--> statement-breakpoint
ALTER TABLE "holdpoint"."deliveries" ADD COLUMN "removed_at" timestamptz;--> statement-breakpoint
ALTER TABLE "holdpoint"."deliveries" ADD COLUMN "removed_size" integer;--> statement-breakpoint
ALTER TABLE "holdpoint"."deliveries" ADD COLUMN "removed_digest" "bytea";--> statement-breakpoint
CREATE INDEX "conditions_firing" ON "holdpoint"."conditions" USING btree ("escalation","condition","occurrence") WHERE firing;--> statement-breakpoint
CREATE INDEX "deliveries_kept" ON "holdpoint"."deliveries" USING btree ("number") WHERE evaluated_at is not null and removed_at is null;--> statement-breakpoint
CREATE INDEX "escalations_live" ON "holdpoint"."escalations" USING btree ("number") WHERE status <> 'closed';--> statement-breakpoint
CREATE INDEX "outbox_sent" ON "holdpoint"."outbox" USING btree ("sent_at") WHERE state = 'sent';--> statement-breakpoint
CREATE INDEX "receipts_at" ON "holdpoint"."receipts" USING btree ("at");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "holdpoint"."sessions" USING btree ("expires");--> statement-breakpoint
CREATE INDEX "conditions_of" ON "holdpoint"."conditions" USING btree ("deployment","condition","occurrence");
--> statement-breakpoint
INSERT INTO holdpoint.evidence (escalation, signals, first_at, last_at, firing_conditions, lowest, highest, fired, names)
  SELECT escalation, sum(signals)::int, min(first_at), max(last_at), (count(DISTINCT condition) FILTER (WHERE firing))::int,
    min(lowest), max(highest), bool_or(verdict = 'fired'), count(DISTINCT trigger)::int
  FROM holdpoint.conditions GROUP BY escalation;
--> statement-breakpoint
-- Of the conditions and rules that a change touches, how many fire and how many are known, by escalation. LIMIT 1 makes each a lookup:
-- an EXISTS may become a hash of all that fire.
CREATE FUNCTION holdpoint.counted_among(change jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH touched AS MATERIALIZED (
    SELECT t.escalation, t.deployment, t.trigger, t.condition
    FROM jsonb_to_recordset(change->'conditions') AS t(escalation text, deployment text, trigger text, condition text)),
  fires AS (
    SELECT one.escalation, count(*) FILTER (WHERE (
      SELECT true FROM holdpoint.conditions c
      WHERE c.escalation = one.escalation AND c.condition = one.condition AND c.firing LIMIT 1)) AS firing
    FROM (SELECT DISTINCT escalation, condition FROM touched) AS one GROUP BY one.escalation),
  known AS (
    SELECT one.escalation, count(*) FILTER (WHERE (
      SELECT true FROM holdpoint.conditions c
      WHERE c.escalation = one.escalation AND c.deployment = one.deployment AND c.trigger = one.trigger LIMIT 1)) AS names
    FROM (SELECT DISTINCT escalation, deployment, trigger FROM touched) AS one GROUP BY one.escalation)
  SELECT coalesce(jsonb_object_agg(escalation, jsonb_build_object('firing', firing, 'names', names)), '{}')
  FROM fires JOIN known USING (escalation)
$$;
--> statement-breakpoint
-- What was observed, and who is let in. (As in 0001, and what the conditions add up to.)
CREATE OR REPLACE FUNCTION holdpoint.observe(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before jsonb;
  after jsonb;
BEGIN
  -- The row is locked before anything is counted, so that of two commits the second counts from what the first has left.
  INSERT INTO holdpoint.evidence (escalation)
    SELECT DISTINCT c.escalation FROM jsonb_to_recordset(change->'conditions') AS c(escalation text) ORDER BY 1
    ON CONFLICT DO NOTHING;
  PERFORM FROM holdpoint.evidence e
    WHERE e.escalation IN (SELECT c.escalation FROM jsonb_to_recordset(change->'conditions') AS c(escalation text))
    ORDER BY e.escalation FOR UPDATE;
  before := holdpoint.counted_among(change);

  INSERT INTO holdpoint.conditions AS old (deployment, trigger, condition, occurrence, escalation, firing, lowest, highest,
      verdict, first_at, last_at, signals)
    SELECT c.deployment, c.trigger, c.condition, c.occurrence, c.escalation, c.firing, c.lowest, c.highest,
      c.verdict, c.first_at, c.last_at, c.signals
    FROM jsonb_to_recordset(change->'conditions') AS c(deployment text, trigger text, condition text, occurrence text,
      escalation text, firing boolean, lowest float8, highest float8, verdict text, first_at timestamptz,
      last_at timestamptz, signals int)
    ON CONFLICT ON CONSTRAINT conditions_key DO UPDATE SET
      firing = excluded.firing,
      lowest = least(old.lowest, excluded.lowest),
      highest = greatest(old.highest, excluded.highest),
      verdict = CASE WHEN old.verdict = 'fired' THEN old.verdict ELSE excluded.verdict END,
      first_at = least(old.first_at, excluded.first_at),
      last_at = greatest(old.last_at, excluded.last_at),
      signals = old.signals + excluded.signals;

  after := holdpoint.counted_among(change);
  UPDATE holdpoint.evidence AS e SET
      signals = e.signals + new.signals,
      first_at = least(e.first_at, new.first_at),
      last_at = greatest(e.last_at, new.last_at),
      firing_conditions = e.firing_conditions
        + (after->e.escalation->>'firing')::int - (before->e.escalation->>'firing')::int,
      names = e.names + (after->e.escalation->>'names')::int - (before->e.escalation->>'names')::int,
      lowest = least(e.lowest, new.lowest),
      highest = greatest(e.highest, new.highest),
      fired = e.fired OR new.fired
    FROM (
      SELECT c.escalation, sum(c.signals)::int AS signals, min(c.first_at) AS first_at, max(c.last_at) AS last_at,
        min(c.lowest) AS lowest, max(c.highest) AS highest, bool_or(c.verdict = 'fired') AS fired
      FROM jsonb_to_recordset(change->'conditions') AS c(escalation text, lowest float8, highest float8, verdict text,
        first_at timestamptz, last_at timestamptz, signals int)
      GROUP BY c.escalation) AS new
    WHERE e.escalation = new.escalation;

  INSERT INTO holdpoint.signals (delivery, position, escalation, deployment, at, observed)
    SELECT s.delivery, s.position, s.escalation, s.deployment, s.at, s.observed
    FROM jsonb_to_recordset(change->'signals') AS s(delivery text, position int, escalation text, deployment text,
      at timestamptz, observed jsonb)
    ON CONFLICT DO NOTHING;

  UPDATE holdpoint.deliveries SET evaluated_at = now(), leased_until = NULL
    WHERE id IN (SELECT jsonb_array_elements_text(change->'deliveries'));

  INSERT INTO holdpoint.sessions (hash, person, kind, expires)
    SELECT s.hash, s.person, s.kind, s.expires
    FROM jsonb_to_recordset(change->'sessions') AS s(hash text, person text, kind text, expires timestamptz)
    ON CONFLICT (hash) DO NOTHING;
END $$;
--> statement-breakpoint
-- Plans inside of functions are kept for as long as a connection lives. One that was made while a table was small must not read
-- it whole when it has grown: within commit, rows are found by their keys, however few there are. Every function that commit
-- calls is planned under this. (CREATE OR REPLACE forgets it: say it again after changing commit.)
ALTER FUNCTION holdpoint.commit(jsonb) SET enable_seqscan = off;
--> statement-breakpoint
ALTER FUNCTION holdpoint.commit(jsonb) SET enable_hashjoin = off;
--> statement-breakpoint
ALTER FUNCTION holdpoint.commit(jsonb) SET enable_mergejoin = off;
--> statement-breakpoint
-- Removes what nothing needs any more, a few rows at a time: bodies of deliveries received before `until`, as long as no open or
-- settled escalation rests on them, and receipts, sent messages and ended sessions as old. Looks at `most` deliveries after the
-- one numbered `past`; answers with the last it looked at, or NULL when there are no more as old: then one begins at 0 again.
-- The delivery itself, by which a repeat is known, and what was read in it stay.
CREATE FUNCTION holdpoint.forget(until timestamptz, past bigint, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  looked bigint;
BEGIN
  WITH old AS MATERIALIZED (
    SELECT d.number, d.id, d.received_at FROM holdpoint.deliveries d
    WHERE d.number > past AND d.evaluated_at IS NOT NULL AND d.removed_at IS NULL
    ORDER BY d.number LIMIT most FOR UPDATE SKIP LOCKED),
  removed AS (
    UPDATE holdpoint.deliveries d SET removed_at = now(), removed_size = length(d.body), removed_digest = sha256(d.body),
      body = '', attributes = '{}'
    FROM old WHERE d.number = old.number AND old.received_at < until AND NOT EXISTS (
      SELECT FROM holdpoint.signals s JOIN holdpoint.escalations e ON e.id = s.escalation
      WHERE s.delivery = old.id AND e.status <> 'closed'))
  SELECT max(old.number) INTO looked FROM old WHERE old.received_at < until;

  DELETE FROM holdpoint.receipts WHERE key IN (
    SELECT r.key FROM holdpoint.receipts r WHERE r.at < until ORDER BY r.at LIMIT most FOR UPDATE SKIP LOCKED);
  DELETE FROM holdpoint.sessions WHERE hash IN (
    SELECT s.hash FROM holdpoint.sessions s WHERE s.expires < until ORDER BY s.expires LIMIT most FOR UPDATE SKIP LOCKED);
  DELETE FROM holdpoint.outbox WHERE id IN (
    SELECT o.id FROM holdpoint.outbox o WHERE o.state = 'sent' AND o.sent_at < until
    ORDER BY o.sent_at LIMIT most FOR UPDATE SKIP LOCKED);
  RETURN looked;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION holdpoint.counted_among(jsonb), holdpoint.forget(timestamptz, bigint, int) FROM PUBLIC;
