ALTER TABLE "holdpoint"."sessions" ADD COLUMN "link" text;
--> statement-breakpoint
-- (As in 0008, and with the login link that a code rests on. Codes without one are kept by observe, as before.)
CREATE OR REPLACE FUNCTION holdpoint.identify(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  codes jsonb := coalesce(change->'spent', '[]');
  found int;
BEGIN
  INSERT INTO holdpoint.sessions (hash, person, kind, expires, link)
    SELECT s.hash, s.person, s.kind, s.expires, s.link
    FROM jsonb_to_recordset(change->'sessions')
      AS s(hash text, person text, kind text, expires timestamptz, link text)
    WHERE s.link IS NOT NULL
    ON CONFLICT (hash) DO NOTHING;

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
