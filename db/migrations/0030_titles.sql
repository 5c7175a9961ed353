ALTER TABLE "holdpoint"."people" ADD COLUMN "title" text DEFAULT '' NOT NULL;
--> statement-breakpoint
-- (As in 0027, and people with their roles.)
CREATE OR REPLACE FUNCTION holdpoint.project(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO holdpoint.streams AS old (name, version, state)
    SELECT s.stream, 1, s.state FROM jsonb_to_recordset(change->'streams') AS s(stream text, state jsonb)
    ORDER BY s.stream COLLATE "C"
    ON CONFLICT (name) DO UPDATE SET version = old.version + 1, state = excluded.state;

  DELETE FROM holdpoint.dues WHERE stream IN (
    SELECT s.stream FROM jsonb_to_recordset(change->'streams') AS s(stream text));
  INSERT INTO holdpoint.dues (stream, kind, at)
    SELECT d.stream, d.kind, d.at FROM jsonb_to_recordset(change->'dues') AS d(stream text, kind text, at timestamptz)
    ON CONFLICT DO NOTHING;

  INSERT INTO holdpoint.escalations (id, number, status, deployment, trigger, severity, opened_at, doc)
    SELECT e.id, e.number, e.status, e.deployment, e.trigger, e.severity, e.opened_at, e.doc
    FROM jsonb_to_recordset(change->'escalations') AS e(id text, number int, status text, deployment text,
      trigger text, severity text, opened_at timestamptz, doc jsonb)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, severity = excluded.severity, doc = excluded.doc;

  -- Every lane has a row before it has a message: claimers lock these. In order, so that two commits never wait for each other.
  INSERT INTO holdpoint.lanes (chat, lane)
    SELECT DISTINCT o.chat, coalesce(o.lane, '') FROM jsonb_to_recordset(change->'outbox') AS o(chat text, lane text) ORDER BY 1, 2
    ON CONFLICT DO NOTHING;

  -- A later write to a key makes the row pending again. It keeps its lease and fence: whoever is sending the older revision
  -- settles only that one (see sent). Attempts of a row not yet sent stay counted, because one may have arrived; so does its
  -- doubt, which only `sent` ends. What was urgent and is still waiting stays urgent.
  INSERT INTO holdpoint.outbox AS old (chat, key, lane, urgency, body)
    SELECT o.chat, o.key, coalesce(o.lane, ''), coalesce(o.urgency, 1), o.body
    FROM jsonb_to_recordset(change->'outbox') AS o(n int, chat text, key text, lane text, urgency int, body jsonb) ORDER BY o.n
    ON CONFLICT (chat, key) DO UPDATE SET body = excluded.body, lane = excluded.lane, state = 'pending', revision = old.revision + 1,
      urgency = CASE WHEN old.state = 'pending' THEN least(old.urgency, excluded.urgency) ELSE excluded.urgency END,
      waiting_since = CASE WHEN old.state = 'pending' THEN old.waiting_since ELSE now() END,
      attempts = CASE WHEN old.state = 'pending' THEN old.attempts ELSE 0 END,
      retry_at = CASE WHEN old.state = 'pending' THEN old.retry_at END;

  INSERT INTO holdpoint.texts (commitment, salt, text)
    SELECT t.commitment, decode(t.salt, 'hex'), decode(t.text, 'hex')
    FROM jsonb_to_recordset(change->'texts') AS t(commitment text, salt text, text text)
    ON CONFLICT (commitment) DO NOTHING;

  INSERT INTO holdpoint.people (id, key, name, title, slack, teams, pagerduty, oidc)
    SELECT p.id, p.key, p.name, coalesce(p.title, ''), p.slack, p.teams, p.pagerduty, p.oidc
    FROM jsonb_to_recordset(change->'people') AS p(id text, key text, name text, slack text, teams text, pagerduty text,
      oidc text, title text)
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name, title = excluded.title, slack = excluded.slack, teams = excluded.teams,
      pagerduty = excluded.pagerduty, oidc = excluded.oidc;

  INSERT INTO holdpoint.policies (digest, canonical, yaml, adopted_at)
    SELECT p.digest, decode(p.canonical, 'hex'), decode(p.yaml, 'hex'), p.adopted_at
    FROM jsonb_to_recordset(change->'policies') AS p(digest text, canonical text, yaml text, adopted_at timestamptz)
    ON CONFLICT (digest) DO UPDATE SET yaml = excluded.yaml;
END $$;
