INSERT INTO holdpoint.log_head (size, at, peaks) VALUES (0, 'epoch', '{}');
--> statement-breakpoint
ALTER TABLE holdpoint.log_head ADD CHECK (one);
--> statement-breakpoint
ALTER TABLE holdpoint.log_identity ADD CHECK (one);
--> statement-breakpoint
ALTER TABLE holdpoint.checkpoint ADD CHECK (one);
--> statement-breakpoint
-- Append-only. It holds for the owner and superusers too, until somebody disables the trigger, which the Merkle root would show.
CREATE FUNCTION holdpoint.refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'holdpoint.% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'HP002';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON holdpoint.entries
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON holdpoint.entry_about
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON holdpoint.nodes
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OF digest, canonical, adopted_at OR DELETE OR TRUNCATE ON holdpoint.policies
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON holdpoint.log_head
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON holdpoint.log_identity
  FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.refuse_rewrite();
--> statement-breakpoint
CREATE FUNCTION holdpoint.head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size <= OLD.size OR NEW.at < OLD.at THEN
    RAISE EXCEPTION 'the log only grows: % entries, head moved to %', OLD.size, NEW.size USING ERRCODE = 'HP002';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER grows BEFORE UPDATE ON holdpoint.log_head FOR EACH ROW EXECUTE FUNCTION holdpoint.head_grows();
--> statement-breakpoint
-- Takes the key for this attempt, or gives the earlier answer (NULL = taken by this attempt). A second commit of the same key
-- waits here until the first one has ended. An attempt that was given up (see give_up) must never take effect.
CREATE FUNCTION holdpoint.take_key(wanted text, answer text, attempt text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  held holdpoint.receipts;
BEGIN
  INSERT INTO holdpoint.receipts (key, result) VALUES (wanted, answer) ON CONFLICT (key) DO NOTHING;
  IF FOUND THEN RETURN NULL; END IF;
  SELECT * INTO held FROM holdpoint.receipts WHERE key = wanted FOR UPDATE;
  IF held.result IS NOT NULL THEN RETURN held.result; END IF;
  IF attempt = ANY (held.voided) THEN
    RAISE EXCEPTION 'this attempt was given up' USING ERRCODE = 'HP003';
  END IF;
  UPDATE holdpoint.receipts SET result = answer, at = now() WHERE key = wanted;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Settles an attempt whose outcome its caller does not know: gives the answer if it was committed; else makes sure that it
-- never will be (even if its statement is still on its way) and returns NULL.
CREATE FUNCTION holdpoint.give_up(wanted text, attempt text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  answer text;
BEGIN
  INSERT INTO holdpoint.receipts AS held (key, voided) VALUES (wanted, ARRAY[attempt])
    ON CONFLICT (key) DO UPDATE SET voided = array_append(held.voided, attempt)
    RETURNING result INTO answer;
  RETURN answer;
END $$;
--> statement-breakpoint
-- Appends entries behind the head, which this locks, and answers with the index of the first.
-- RFC 6962 section 2.1: leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right). The head's peaks are the roots of
-- the complete subtrees, one per 1-bit of its size; each trailing 1-bit is a peak that the new leaf's subtree swallows.
CREATE FUNCTION holdpoint.append(batch jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head holdpoint.log_head;
  entry jsonb;
  first bigint;
  written timestamptz;
  content bytea;
  leaf bytea;
  top bytea;
  depth int;
  rest bigint;
BEGIN
  SELECT * INTO STRICT head FROM holdpoint.log_head FOR UPDATE;
  first := head.size;
  FOR entry IN SELECT value FROM jsonb_array_elements(batch) WITH ORDINALITY AS e(value, n) ORDER BY n LOOP
    written := (entry->>'at')::timestamptz;
    IF written < head.at THEN
      RAISE EXCEPTION 'the log is at % already', head.at USING ERRCODE = 'HP001';
    END IF;
    content := decode(entry->>'bytes', 'hex');
    leaf := sha256('\x00'::bytea || content);
    top := leaf;
    depth := 0;
    rest := head.size;
    WHILE rest % 2 = 1 LOOP
      top := sha256('\x01'::bytea || head.peaks[array_length(head.peaks, 1)] || top);
      head.peaks := head.peaks[1:array_length(head.peaks, 1) - 1];
      rest := rest / 2;
      depth := depth + 1;
      IF depth % 8 = 0 THEN
        INSERT INTO holdpoint.nodes (level, index, hash) VALUES (depth, rest, top);
      END IF;
    END LOOP;
    head.peaks := array_append(head.peaks, top);
    INSERT INTO holdpoint.entries (index, bytes, leaf, id, at, kind, subject, deployment, decision)
      VALUES (head.size, content, leaf, entry->>'id', written, entry->>'kind', entry->>'subject',
        entry->>'deployment', entry->>'decision');
    INSERT INTO holdpoint.entry_about (what, index)
      SELECT what, head.size FROM jsonb_array_elements_text(entry->'about') AS a(what)
      UNION
      SELECT 'trigger:' || one.trigger, head.size
        FROM jsonb_array_elements_text(entry->'about') AS a(what)
        JOIN holdpoint.escalations AS one ON a.what = 'escalation:' || one.id;
    head.size := head.size + 1;
    head.at := written;
  END LOOP;
  UPDATE holdpoint.log_head SET size = head.size, at = head.at, peaks = head.peaks;
  RETURN first;
END $$;
--> statement-breakpoint
-- Locks what was read and checks that it has not moved: in the order of names, so that two commits never wait for each other.
-- A stream that is missing gets its row here, so that there is something to lock.
CREATE FUNCTION holdpoint.check_expected(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  want record;
  found_version int;
  waiting int;
BEGIN
  FOR want IN
    SELECT e.stream, e.version, EXISTS (
      SELECT FROM jsonb_to_recordset(change->'streams') AS s(stream text) WHERE s.stream = e.stream) AS moves
    FROM jsonb_to_recordset(change->'expect') AS e(stream text, version int) ORDER BY e.stream COLLATE "C"
  LOOP
    INSERT INTO holdpoint.streams (name) SELECT want.stream
      WHERE NOT EXISTS (SELECT FROM holdpoint.streams WHERE name = want.stream) ON CONFLICT DO NOTHING;
    IF want.moves THEN
      SELECT version INTO found_version FROM holdpoint.streams WHERE name = want.stream FOR NO KEY UPDATE;
    ELSE
      SELECT version INTO found_version FROM holdpoint.streams WHERE name = want.stream FOR SHARE;
    END IF;
    IF found_version <> want.version THEN
      RAISE EXCEPTION '% is at version % already', want.stream, found_version USING ERRCODE = 'HP001';
    END IF;
  END LOOP;

  SELECT count(*) INTO waiting FROM (
    SELECT FROM holdpoint.deliveries
    WHERE id IN (SELECT jsonb_array_elements_text(change->'deliveries')) AND evaluated_at IS NULL
    ORDER BY number FOR UPDATE) AS locked;
  IF waiting < jsonb_array_length(change->'deliveries') THEN
    RAISE EXCEPTION 'a delivery is evaluated already' USING ERRCODE = 'HP001';
  END IF;
END $$;
--> statement-breakpoint
-- The tables that follow from the entries, and what goes with them.
CREATE FUNCTION holdpoint.project(change jsonb) RETURNS void
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

  -- A later write to a key makes the row pending again. It keeps its lease and fence: whoever is sending the older revision
  -- settles only that one (see sent). Attempts of a row not yet sent stay counted, because one may have arrived.
  INSERT INTO holdpoint.outbox AS old (chat, key, body)
    SELECT o.chat, o.key, o.body FROM jsonb_to_recordset(change->'outbox') AS o(n int, chat text, key text, body jsonb) ORDER BY o.n
    ON CONFLICT (chat, key) DO UPDATE SET body = excluded.body, state = 'pending', revision = old.revision + 1,
      waiting_since = CASE WHEN old.state = 'pending' THEN old.waiting_since ELSE now() END,
      attempts = CASE WHEN old.state = 'pending' THEN old.attempts ELSE 0 END,
      retry_at = CASE WHEN old.state = 'pending' THEN old.retry_at END;

  INSERT INTO holdpoint.texts (commitment, salt, text)
    SELECT t.commitment, decode(t.salt, 'hex'), decode(t.text, 'hex')
    FROM jsonb_to_recordset(change->'texts') AS t(commitment text, salt text, text text)
    ON CONFLICT (commitment) DO NOTHING;

  INSERT INTO holdpoint.people (id, key, name, slack, teams)
    SELECT p.id, p.key, p.name, p.slack, p.teams
    FROM jsonb_to_recordset(change->'people') AS p(id text, key text, name text, slack text, teams text)
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name, slack = excluded.slack, teams = excluded.teams;

  INSERT INTO holdpoint.policies (digest, canonical, yaml, adopted_at)
    SELECT p.digest, decode(p.canonical, 'hex'), decode(p.yaml, 'hex'), p.adopted_at
    FROM jsonb_to_recordset(change->'policies') AS p(digest text, canonical text, yaml text, adopted_at timestamptz)
    ON CONFLICT (digest) DO UPDATE SET yaml = excluded.yaml;
END $$;
--> statement-breakpoint
-- What was observed, and who is let in.
CREATE FUNCTION holdpoint.observe(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
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
-- THE COMMIT POINT. One call is one transaction is one state change: applied whole or not at all. No business rules here.
-- A crash before this statement's commit record is on disk leaves nothing of it; after, all of it, and the receipt says so.
-- A conflict leaves nothing either: the exception undoes the inner block, placeholders and receipt included.
CREATE FUNCTION holdpoint.commit(change jsonb) RETURNS jsonb
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
-- Nobody may go around commit() by calling its parts.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA holdpoint FROM PUBLIC;
