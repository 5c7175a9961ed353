-- Removes what is old, a few rows at a time, each class by its own time: bodies of deliveries, as long as no open or settled
-- escalation rests on them; messages that were sent or given up, and the words of those that the console shows, unless their
-- escalation is not closed; answers under idempotency keys; ended sessions, links and codes. Looks at `most` deliveries after the one
-- numbered `past`; answers with the last it looked at, or NULL when there are no more as old: then one begins at 0 again. The
-- delivery itself, by which a repeat is known, what was read in it, and who was told when stay: the record answers from them.
--
-- Nothing goes that a legal hold covers (state of the stream org). A hold of a deployment, or of an escalation of it, keeps the bodies
-- and messages that belong to it; one of a person or of everything keeps all of them, since nobody can tell in whose body a person
-- stands. What belongs to nothing that can be told stays while any hold stands.
CREATE FUNCTION holdpoint.forget(deliveries timestamptz, messages timestamptz, receipts timestamptz, sessions timestamptz, past bigint,
  most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off AS $$
DECLARE
  looked bigint;
  holds jsonb;
  anything boolean;
  all_kept boolean;
  people text[];
  deployments_held text[];
BEGIN
  -- Until this statement ends nobody places a hold: one that was placed before counts.
  SELECT coalesce(s.state->'holds', '{}') INTO holds FROM holdpoint.streams s WHERE s.name = 'org' FOR SHARE;
  holds := coalesce(holds, '{}');
  SELECT count(*) > 0, coalesce(bool_or(h.value->>'what' IN ('everything', 'person')), false),
    coalesce(array_agg(h.value->>'target') FILTER (WHERE h.value->>'what' = 'person'), '{}'),
    coalesce(array_agg(CASE h.value->>'what' WHEN 'deployment' THEN h.value->>'target'
      ELSE (SELECT e.deployment FROM holdpoint.escalations e WHERE e.id = h.value->>'target') END)
      FILTER (WHERE h.value->>'what' IN ('deployment', 'escalation')), '{}')
    INTO anything, all_kept, people, deployments_held FROM jsonb_each(holds) AS h;

  WITH old AS MATERIALIZED (
    SELECT d.number, d.id, d.received_at FROM holdpoint.deliveries d
    WHERE d.number > past AND d.evaluated_at IS NOT NULL AND d.removed_at IS NULL
    ORDER BY d.number LIMIT most FOR UPDATE SKIP LOCKED),
  removed AS (
    UPDATE holdpoint.deliveries d SET removed_at = now(), removed_size = length(d.body), removed_digest = sha256(d.body),
      body = '', attributes = '{}'
    FROM old WHERE d.number = old.number AND old.received_at < forget.deliveries AND NOT EXISTS (
      SELECT FROM holdpoint.signals s JOIN holdpoint.escalations e ON e.id = s.escalation
      WHERE s.delivery = old.id AND e.status <> 'closed')
      AND NOT all_kept
      AND (NOT anything OR (EXISTS (SELECT FROM holdpoint.signals s WHERE s.delivery = old.id)
        AND NOT EXISTS (SELECT FROM holdpoint.signals s WHERE s.delivery = old.id AND s.deployment = ANY (deployments_held)))))
  SELECT max(old.number) INTO looked FROM old WHERE old.received_at < forget.deliveries;

  DELETE FROM holdpoint.outbox WHERE id IN (
    SELECT o.id FROM holdpoint.outbox o WHERE o.state = 'sent' AND o.sent_at < forget.messages
      AND NOT all_kept AND (NOT anything OR EXISTS (
      SELECT FROM holdpoint.escalations e WHERE e.id = o.body->>'escalation' AND e.deployment <> ALL (deployments_held)))
    ORDER BY o.sent_at LIMIT most FOR UPDATE SKIP LOCKED);
  DELETE FROM holdpoint.outbox WHERE id IN (
    SELECT o.id FROM holdpoint.outbox o WHERE o.state = 'dead' AND o.attempted_at < forget.messages
      AND NOT all_kept AND (NOT anything OR EXISTS (
      SELECT FROM holdpoint.escalations e WHERE e.id = o.body->>'escalation' AND e.deployment <> ALL (deployments_held)))
    LIMIT most FOR UPDATE SKIP LOCKED);
  UPDATE holdpoint.messages SET body = NULL WHERE (chat, key) IN (
    SELECT m.chat, m.key FROM holdpoint.messages m
    WHERE m.chat = 'console' AND m.body IS NOT NULL AND m.at < forget.messages AND NOT EXISTS (
      SELECT FROM holdpoint.escalations e WHERE e.id = m.escalation AND e.status <> 'closed')
      AND NOT all_kept AND (NOT anything OR EXISTS (
      SELECT FROM holdpoint.escalations e WHERE e.id = m.escalation AND e.deployment <> ALL (deployments_held)))
    ORDER BY m.at LIMIT most FOR UPDATE SKIP LOCKED);

  DELETE FROM holdpoint.receipts WHERE key IN (
    SELECT r.key FROM holdpoint.receipts r WHERE r.at < forget.receipts AND NOT anything ORDER BY r.at LIMIT most FOR UPDATE SKIP LOCKED);
  DELETE FROM holdpoint.sessions WHERE hash IN (
    SELECT s.hash FROM holdpoint.sessions s WHERE s.expires < forget.sessions
      AND s.person <> ALL (people) AND NOT holds @? '$.*.what ? (@ == "everything")' ORDER BY s.expires LIMIT most FOR UPDATE SKIP LOCKED);
  RETURN looked;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION holdpoint.forget(timestamptz, timestamptz, timestamptz, timestamptz, bigint, int) FROM PUBLIC;
