CREATE TABLE "holdpoint"."readings" (
	"rule" text NOT NULL,
	"deployment" text NOT NULL,
	"seen" text NOT NULL,
	"series" text NOT NULL,
	"grp" text NOT NULL,
	"run" text NOT NULL,
	"model" text NOT NULL,
	"at" timestamptz NOT NULL,
	"met" boolean NOT NULL,
	"value" double precision,
	"delivery" text NOT NULL,
	"position" integer NOT NULL,
	"body" text NOT NULL,
	"due" timestamptz,
	CONSTRAINT "readings_rule_deployment_seen_pk" PRIMARY KEY("rule","deployment","seen")
);
--> statement-breakpoint
CREATE INDEX "readings_series" ON "holdpoint"."readings" USING btree ("rule","deployment","series","at");--> statement-breakpoint
CREATE INDEX "readings_group" ON "holdpoint"."readings" USING btree ("rule","deployment","grp","at") WHERE met;--> statement-breakpoint
CREATE INDEX "readings_run" ON "holdpoint"."readings" USING btree ("rule","deployment","run");--> statement-breakpoint
CREATE INDEX "readings_at" ON "holdpoint"."readings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "readings_due" ON "holdpoint"."readings" USING btree ("due") WHERE due is not null;
--> statement-breakpoint
-- What was observed, and who is let in. (As in 0019, and what rules remember of it.)
CREATE OR REPLACE FUNCTION holdpoint.observe(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  before jsonb;
  after jsonb;
  fresh int;
BEGIN
  -- The row is locked before anything is counted, so that of two commits the second counts from what the first has left.
  INSERT INTO holdpoint.evidence (escalation)
    SELECT DISTINCT c.escalation FROM jsonb_to_recordset(change->'conditions') AS c(escalation text) ORDER BY 1
    ON CONFLICT DO NOTHING;
  PERFORM FROM holdpoint.evidence e
    WHERE e.escalation IN (SELECT c.escalation FROM jsonb_to_recordset(change->'conditions') AS c(escalation text))
    ORDER BY e.escalation FOR UPDATE;
  before := holdpoint.counted_among(change);

  INSERT INTO holdpoint.conditions AS old (deployment, trigger, condition, occurrence, escalation, kind, said_at, firing, lowest,
      highest, verdict, first_at, last_at, signals)
    SELECT c.deployment, c.trigger, c.condition, c.occurrence, c.escalation, c.kind, c.said_at, c.firing, c.lowest,
      c.highest, c.verdict, c.first_at, c.last_at, c.signals
    FROM jsonb_to_recordset(change->'conditions') AS c(deployment text, trigger text, condition text, occurrence text,
      escalation text, kind text, said_at timestamptz, firing boolean, lowest float8, highest float8, verdict text, first_at timestamptz,
      last_at timestamptz, signals int)
    ON CONFLICT ON CONSTRAINT conditions_key DO UPDATE SET
      firing = excluded.firing,
      kind = excluded.kind,
      said_at = greatest(old.said_at, excluded.said_at),
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

  INSERT INTO holdpoint.evidence AS old (escalation, shown)
    SELECT s.escalation, s.shown FROM jsonb_to_recordset(change->'shown') AS s(escalation text, shown jsonb)
    ON CONFLICT (escalation) DO UPDATE SET shown = excluded.shown;

  INSERT INTO holdpoint.signals (delivery, position, escalation, deployment, at, observed)
    SELECT s.delivery, s.position, s.escalation, s.deployment, s.at, s.observed
    FROM jsonb_to_recordset(change->'signals') AS s(delivery text, position int, escalation text, deployment text,
      at timestamptz, observed jsonb)
    ON CONFLICT DO NOTHING;

  IF jsonb_array_length(change->'readings') > 0 THEN
    INSERT INTO holdpoint.readings AS old (rule, deployment, seen, series, grp, run, model, at, met, value, delivery, position, body, due)
      SELECT r.rule, r.deployment, r.seen, r.series, r.grp, r.run, r.model, r.at, r.met, r.value, r.delivery, r.position, r.body, r.due
      FROM jsonb_to_recordset(change->'readings') AS r(rule text, deployment text, seen text, series text, grp text, run text, model text,
        at timestamptz, met boolean, value float8, delivery text, position int, body text, due timestamptz)
      ORDER BY r.rule, r.deployment, r.seen
      ON CONFLICT (rule, deployment, seen) DO UPDATE SET met = excluded.met, value = excluded.value, due = excluded.due;
    -- No rule looks back further than 92 days.
    DELETE FROM holdpoint.readings WHERE (rule, deployment, seen) IN (
      SELECT r.rule, r.deployment, r.seen FROM holdpoint.readings r WHERE r.at < now() - interval '100 days' AND r.seen <> 'filled'
      ORDER BY r.at LIMIT 200);
  END IF;

  UPDATE holdpoint.deliveries SET evaluated_at = now(), leased_until = NULL
    WHERE id IN (SELECT jsonb_array_elements_text(change->'deliveries'));

  INSERT INTO holdpoint.sessions (hash, person, kind, expires)
    SELECT s.hash, s.person, s.kind, s.expires
    FROM jsonb_to_recordset(change->'sessions') AS s(hash text, person text, kind text, expires timestamptz)
    ON CONFLICT (hash) DO NOTHING;

  IF jsonb_array_length(change->'stored') > 0 THEN
    IF EXISTS (SELECT FROM holdpoint.deliveries WHERE evaluated_at IS NULL
        AND source IN (SELECT d.source FROM jsonb_to_recordset(change->'stored') AS d(source text))) THEN
      RAISE EXCEPTION 'an earlier delivery of this source waits to be evaluated' USING ERRCODE = 'HP001';
    END IF;
    INSERT INTO holdpoint.deliveries (id, source, identity, received_at, content_type, body, attributes, evaluated_at)
      SELECT d.id, d.source, d.identity, d.received_at, d.content_type, decode(d.body, 'base64'), d.attributes, now()
      FROM ROWS FROM (jsonb_to_recordset(change->'stored') AS (id text, source text, identity text, received_at timestamptz,
        content_type text, body text, attributes jsonb)) WITH ORDINALITY AS d(id, source, identity, received_at, content_type,
        body, attributes, n)
      ORDER BY d.n
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS fresh = ROW_COUNT;
    IF fresh < jsonb_array_length(change->'stored') THEN
      RAISE EXCEPTION 'a delivery is stored already' USING ERRCODE = 'HP001';
    END IF;
  END IF;
END $$;
