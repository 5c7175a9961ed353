ALTER TABLE "holdpoint"."people" ADD COLUMN "linked_slack" text;--> statement-breakpoint
ALTER TABLE "holdpoint"."people" ADD COLUMN "linked_teams" text;
--> statement-breakpoint
-- Accounts that people linked or gave back, and the codes spent for it. Whoever comes second with a code finds it spent: a conflict.
CREATE FUNCTION holdpoint.identify(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  codes jsonb := coalesce(change->'spent', '[]');
  found int;
BEGIN
  UPDATE holdpoint.sessions SET spent_at = now()
    WHERE hash IN (SELECT jsonb_array_elements_text(codes)) AND spent_at IS NULL;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found < jsonb_array_length(codes) THEN
    RAISE EXCEPTION 'a code is spent already' USING ERRCODE = 'HP001';
  END IF;

  UPDATE holdpoint.people AS p SET linked_slack = l.account
    FROM jsonb_to_recordset(coalesce(change->'links', '[]')) AS l(person text, chat text, account text)
    WHERE p.id = l.person AND l.chat = 'slack';
  UPDATE holdpoint.people AS p SET linked_teams = l.account
    FROM jsonb_to_recordset(coalesce(change->'links', '[]')) AS l(person text, chat text, account text)
    WHERE p.id = l.person AND l.chat = 'teams';
END $$;
--> statement-breakpoint
-- (As in 0001, and with what identify does.)
CREATE OR REPLACE FUNCTION holdpoint.commit(change jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  earlier text;
  first bigint;
  reason text;
BEGIN
  BEGIN
    IF change->>'key' IS NOT NULL THEN
      earlier := holdpoint.take_key(change->>'key', change->>'result', change->>'attempt');
      IF earlier IS NOT NULL THEN
        RETURN jsonb_build_object('is', 'repeat', 'result', earlier);
      END IF;
    END IF;
    IF jsonb_array_length(change->'entries') > 0 THEN
      PERFORM FROM holdpoint.log_head FOR UPDATE; -- before any stream: everybody locks in this order
    END IF;
    PERFORM holdpoint.check_expected(change);
    PERFORM holdpoint.project(change);
    PERFORM holdpoint.identify(change);
    IF jsonb_array_length(change->'entries') > 0 THEN
      first := holdpoint.append(change->'entries');
    END IF;
    PERFORM holdpoint.observe(change);
    RETURN jsonb_build_object('is', 'done', 'index', first);
  EXCEPTION WHEN SQLSTATE 'HP001' THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
    RETURN jsonb_build_object('is', 'conflict', 'because', reason);
  END;
END $$;
--> statement-breakpoint
-- Nobody may go around commit().
REVOKE ALL ON FUNCTION holdpoint.identify(jsonb) FROM PUBLIC;
