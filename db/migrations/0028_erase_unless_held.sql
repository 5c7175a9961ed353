-- Erases what the log names as erased, unless a legal hold keeps a place in which it stands: then nothing is erased, and FALSE says that
-- it is to be tried again when a hold was lifted. A hold of a deployment keeps what belongs to it; one of an escalation, and one of a
-- person for each escalation that they took part in, what belongs to that escalation; one of everything keeps everything.
--
-- What the card of a closed escalation showed goes wherever the words stand, as in the other tables.
CREATE FUNCTION holdpoint.erase_unless_held(commitments text[], person_id text, everywhere text[], there text[], escalation_ids text[],
  delivery_ids text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told CONSTANT text[] := everywhere || there;
  holds jsonb;
  people text[];
  deployments_held text[];
  escalations_held text[];
BEGIN
  -- Until this statement ends nobody places a hold: one that was placed before counts.
  SELECT coalesce(s.state->'holds', '{}') INTO holds FROM holdpoint.streams s WHERE s.name = 'org' FOR SHARE;
  SELECT coalesce(array_agg(h.value->>'target') FILTER (WHERE h.value->>'what' = 'person'), '{}'),
    coalesce(array_agg(h.value->>'target') FILTER (WHERE h.value->>'what' = 'deployment'), '{}'),
    coalesce(array_agg(h.value->>'target') FILTER (WHERE h.value->>'what' = 'escalation'), '{}')
    INTO people, deployments_held, escalations_held FROM jsonb_each(coalesce(holds, '{}')) AS h;
  IF holds @? '$.*.what ? (@ == "everything")' OR person_id = ANY (people) THEN RETURN FALSE; END IF;
  SELECT escalations_held || coalesce(array_agg(DISTINCT x.id), '{}') INTO escalations_held
    FROM (SELECT convert_from(e.bytes, 'UTF8')::jsonb->>'escalation' AS id FROM holdpoint.entry_about a
      JOIN holdpoint.entries e ON e.index = a.index WHERE a.what IN (SELECT 'person:' || p FROM unnest(people) AS p)) AS x
    WHERE x.id <> '';
  SELECT escalations_held || coalesce(array_agg(e.id), '{}') INTO escalations_held
    FROM holdpoint.escalations e WHERE e.deployment = ANY (deployments_held);

  IF cardinality(deployments_held) > 0 OR cardinality(escalations_held) > 0 THEN
    IF EXISTS (SELECT FROM holdpoint.messages m WHERE m.escalation = ANY (escalations_held)
        AND (holdpoint.mentions(m.body::text, everywhere)
          OR (m.escalation = ANY (escalation_ids) AND holdpoint.mentions(m.body::text, there))))
      OR EXISTS (SELECT FROM holdpoint.outbox o WHERE o.body->>'escalation' = ANY (escalations_held)
        AND (holdpoint.mentions(o.body::text, everywhere)
          OR (o.body->>'escalation' = ANY (escalation_ids) AND holdpoint.mentions(o.body::text, there))))
      OR EXISTS (SELECT FROM holdpoint.signals s WHERE (s.deployment = ANY (deployments_held) OR s.escalation = ANY (escalations_held))
        AND (holdpoint.mentions(s.observed::text, everywhere)
          OR (s.delivery = ANY (delivery_ids) AND holdpoint.mentions(s.observed::text, told))))
      OR EXISTS (SELECT FROM holdpoint.escalations e WHERE e.id = ANY (escalations_held) AND e.status = 'closed'
        AND (e.id = ANY (escalation_ids) OR cardinality(there) = 0) AND holdpoint.mentions(e.doc::text, told))
      OR EXISTS (SELECT FROM holdpoint.evidence v WHERE v.escalation = ANY (escalations_held)
        AND (holdpoint.mentions(v.shown::text, everywhere)
          OR (v.escalation = ANY (escalation_ids) AND holdpoint.mentions(v.shown::text, told))))
      OR EXISTS (SELECT FROM holdpoint.conditions c WHERE c.escalation = ANY (escalations_held)
        AND c.escalation = ANY (escalation_ids) AND holdpoint.mentions(c.condition || c.occurrence, told))
      OR EXISTS (SELECT FROM holdpoint.deliveries d WHERE d.removed_at IS NULL
        AND EXISTS (SELECT FROM holdpoint.signals s WHERE s.delivery = d.id
          AND (s.deployment = ANY (deployments_held) OR s.escalation = ANY (escalations_held)))
        AND (d.id = ANY (delivery_ids) OR EXISTS (SELECT FROM unnest(everywhere) AS e(word)
          WHERE length(word) >= 4 AND (position(convert_to(word, 'UTF8') IN d.body) > 0
            OR position(convert_to(substr(to_json(word)::text, 2, length(to_json(word)::text) - 2), 'UTF8') IN d.body) > 0))))
    THEN RETURN FALSE; END IF;
  END IF;
  UPDATE holdpoint.evidence v SET shown = NULL
    WHERE holdpoint.mentions(v.shown::text, everywhere)
      AND EXISTS (SELECT FROM holdpoint.escalations e WHERE e.id = v.escalation AND e.status = 'closed');
  PERFORM holdpoint.erase(commitments, person_id, everywhere, there, escalation_ids, delivery_ids);
  RETURN TRUE;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION holdpoint.erase_unless_held(text[], text, text[], text[], text[], text[]) FROM PUBLIC;
