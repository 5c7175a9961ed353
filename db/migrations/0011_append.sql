-- (As in 0001, except that an entry's escalations are looked up by their key: joined the other way round, every entry read all
-- escalations there are.) OFFSET 0 makes it a lookup for each, because a plan is kept for as long as a connection lives, and one that was made
-- while the table was small must not read it whole when it has grown.
CREATE OR REPLACE FUNCTION holdpoint.append(batch jsonb) RETURNS bigint
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
      SELECT a.what, head.size FROM jsonb_array_elements_text(entry->'about') AS a(what)
      UNION
      SELECT 'trigger:' || one.trigger, head.size
        FROM jsonb_array_elements_text(entry->'about') AS a(what)
        CROSS JOIN LATERAL (
          SELECT e.trigger FROM holdpoint.escalations e WHERE e.id = substr(a.what, length('escalation:') + 1) OFFSET 0) AS one
        WHERE a.what LIKE 'escalation:%';
    head.size := head.size + 1;
    head.at := written;
  END LOOP;
  UPDATE holdpoint.log_head SET size = head.size, at = head.at, peaks = head.peaks;
  RETURN first;
END $$;
