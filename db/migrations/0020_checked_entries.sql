-- (As in 0011, and what is appended is JSON whose own fields say what its columns say: nobody who may call commit can file an entry
-- under another kind, time or deployment than its bytes have.) jsonb cannot hold U+0000, which columns have as U+FFFD.
CREATE OR REPLACE FUNCTION holdpoint.append(batch jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head holdpoint.log_head;
  entry jsonb;
  first bigint;
  written timestamptz;
  content bytea;
  words text;
  says jsonb;
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
    words := convert_from(content, 'UTF8');
    IF position('\u0000' IN words) > 0 THEN
      words := regexp_replace(words, '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g');
      words := regexp_replace(words, '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g'); -- two beside each other
    END IF;
    says := words::jsonb;
    IF says->>'id' IS DISTINCT FROM entry->>'id' OR says->>'at' IS DISTINCT FROM entry->>'at'
      OR says->>'kind' IS DISTINCT FROM entry->>'kind' OR says->>'subject' IS DISTINCT FROM entry->>'subject'
      OR entry->>'deployment' IS DISTINCT FROM coalesce(says->>'deployment',
        CASE WHEN says->>'subject' LIKE 'deployment:%' THEN substr(says->>'subject', length('deployment:') + 1) END)
      OR entry->>'decision' IS DISTINCT FROM (CASE WHEN says->>'kind' = 'decision.made' THEN says->>'decision' END)
      OR NOT coalesce(says->'actor'->>'person' = '' OR entry->'about' ? ('person:' || (says->'actor'->>'person')), true)
    THEN
      RAISE EXCEPTION 'the bytes of entry % do not say what its columns say', entry->>'id' USING ERRCODE = 'HP004';
    END IF;
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
