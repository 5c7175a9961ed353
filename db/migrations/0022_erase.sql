-- Erasure. What the log names as erased (log.redacted) is taken out of everything beside it, in one statement that may be repeated.
--
-- `blanked` puts “(erased)” in the place of texts in JSON: a string that is one of them, and one of at least four characters wherever it
-- stands. `fixed` are keys whose values are no prose and stay as they are.
CREATE FUNCTION holdpoint.blanked(content jsonb, erased text[], fixed text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  words text;
  one text;
BEGIN
  CASE jsonb_typeof(content)
    WHEN 'string' THEN
      words := content #>> '{}';
      IF words = ANY (erased) THEN RETURN to_jsonb('(erased)'::text); END IF;
      FOREACH one IN ARRAY erased LOOP
        IF length(one) >= 4 THEN words := replace(words, one, '(erased)'); END IF;
      END LOOP;
      RETURN to_jsonb(words);
    WHEN 'array' THEN
      RETURN coalesce((SELECT jsonb_agg(holdpoint.blanked(e.value, erased, fixed) ORDER BY e.n)
        FROM jsonb_array_elements(content) WITH ORDINALITY AS e(value, n)), '[]');
    WHEN 'object' THEN
      RETURN coalesce((SELECT jsonb_object_agg(e.key,
          CASE WHEN e.key = ANY (fixed) THEN e.value ELSE holdpoint.blanked(e.value, erased, fixed) END)
        FROM jsonb_each(content) AS e), '{}');
    ELSE RETURN content;
  END CASE;
END $$;
--> statement-breakpoint
CREATE FUNCTION holdpoint.mentions(content text, erased text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM unnest(erased) AS e(word)
    WHERE position(substr(to_jsonb(word)::text, 2, length(to_jsonb(word)::text) - 2) IN content) > 0)
$$;
--> statement-breakpoint
-- `everywhere`: texts that only what is erased has, e.g. a reason or a name; `there`: names that others use as well (suites, alerts),
-- which are erased only where these escalations and deliveries are told of.
CREATE FUNCTION holdpoint.erase(commitments text[], person_id text, everywhere text[], there text[], escalation_ids text[],
  delivery_ids text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fixed CONSTANT text[] := ARRAY['kind', 'chat', 'channel', 'escalation', 'entry', 'person', 'endpoint', 'pager', 'address', 'style',
    'id', 'key', 'version', 'date', 'to', 'status', 'deployment', 'severity', 'form', 'command', 'place'];
  told CONSTANT text[] := everywhere || there;
  one text;
BEGIN
  UPDATE holdpoint.messages m SET body = holdpoint.blanked(m.body, everywhere, fixed)
    WHERE holdpoint.mentions(m.body::text, everywhere);
  UPDATE holdpoint.outbox o SET body = holdpoint.blanked(o.body, everywhere, fixed), last_error = NULL
    WHERE holdpoint.mentions(o.body::text, everywhere);
  UPDATE holdpoint.receipts r SET result = holdpoint.blanked(r.result::jsonb, everywhere, fixed)::text
    WHERE r.result IS NOT NULL AND holdpoint.mentions(r.result::jsonb::text, everywhere);
  UPDATE holdpoint.signals s SET observed = holdpoint.blanked(s.observed, everywhere, fixed)
    WHERE holdpoint.mentions(s.observed::text, everywhere);

  IF cardinality(there) > 0 THEN
    UPDATE holdpoint.messages m SET body = holdpoint.blanked(m.body, there, fixed)
      WHERE m.escalation = ANY (escalation_ids) AND holdpoint.mentions(m.body::text, there);
    UPDATE holdpoint.outbox o SET body = holdpoint.blanked(o.body, there, fixed)
      WHERE o.body->>'escalation' = ANY (escalation_ids) AND holdpoint.mentions(o.body::text, there);
  END IF;
  UPDATE holdpoint.signals s SET observed = holdpoint.blanked(s.observed, told, fixed)
    WHERE s.delivery = ANY (delivery_ids) AND holdpoint.mentions(s.observed::text, told);
  UPDATE holdpoint.escalations e SET doc = holdpoint.blanked(e.doc, told, fixed)
    WHERE e.status = 'closed' AND (e.id = ANY (escalation_ids) OR cardinality(there) = 0)
      AND holdpoint.mentions(e.doc::text, told);
  -- What was counted stays counted. The names of conditions are keys, so each gets another that says nothing.
  UPDATE holdpoint.evidence v SET shown = NULL
    WHERE v.escalation = ANY (escalation_ids) AND holdpoint.mentions(v.shown::text, told);
  UPDATE holdpoint.conditions c SET condition = '(erased) ' || md5(random()::text), occurrence = '(erased)'
    WHERE c.escalation = ANY (escalation_ids) AND holdpoint.mentions(c.condition || c.occurrence, told)
      AND EXISTS (SELECT FROM holdpoint.escalations e WHERE e.id = c.escalation AND e.status = 'closed');

  UPDATE holdpoint.deliveries d SET removed_at = now(), removed_size = length(d.body), removed_digest = sha256(d.body),
    body = '', attributes = '{}'
    WHERE d.evaluated_at IS NOT NULL AND d.removed_at IS NULL
      AND (d.id = ANY (delivery_ids) OR EXISTS (SELECT FROM unnest(everywhere) AS e(word)
        WHERE length(word) >= 4 AND (position(convert_to(word, 'UTF8') IN d.body) > 0
          OR position(convert_to(substr(to_json(word)::text, 2, length(to_json(word)::text) - 2), 'UTF8') IN d.body) > 0)));

  FOREACH one IN ARRAY everywhere LOOP
    IF length(one) >= 4 THEN
      UPDATE holdpoint.policies p
        SET yaml = convert_to(replace(convert_from(p.yaml, 'UTF8'), one, '(erased)'), 'UTF8')
        WHERE position(convert_to(one, 'UTF8') IN p.yaml) > 0;
    END IF;
  END LOOP;

  DELETE FROM holdpoint.sessions s WHERE s.person = person_id;
  DELETE FROM holdpoint.people p WHERE p.id = person_id;
  DELETE FROM holdpoint.texts t WHERE t.commitment = ANY (commitments);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION holdpoint.blanked(jsonb, text[], text[]), holdpoint.mentions(text, text[]),
  holdpoint.erase(text[], text, text[], text[], text[], text[]) FROM PUBLIC;
