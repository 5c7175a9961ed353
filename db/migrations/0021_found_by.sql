CREATE TABLE "holdpoint"."escalation_about" (
	"escalation" text NOT NULL,
	"what" text NOT NULL,
	CONSTRAINT "escalation_about_escalation_what_pk" PRIMARY KEY("escalation","what")
);
--> statement-breakpoint
-- (As in 0020, and entries are found by what their escalations are about, by their kind together with the rest, and once they were taken
-- back. The two most frequent kinds have no keys of their own: whoever asks for them finds enough along the column.)
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
    INSERT INTO holdpoint.escalation_about (escalation, what)
      SELECT says->>'escalation', a.what FROM jsonb_array_elements_text(entry->'about') AS a(what)
        WHERE says->>'kind' IN ('escalation.opened', 'escalation.updated') AND (a.what LIKE 'model:%' OR a.what LIKE 'severity:%')
      ON CONFLICT DO NOTHING;
    INSERT INTO holdpoint.entry_about (what, index)
      WITH own AS (
        SELECT a.what FROM jsonb_array_elements_text(entry->'about') AS a(what)
        UNION
        SELECT found.what
          FROM jsonb_array_elements_text(entry->'about') AS a(what)
          CROSS JOIN LATERAL (
            (SELECT 'trigger:' || e.trigger AS what FROM holdpoint.escalations e
              WHERE e.id = substr(a.what, length('escalation:') + 1) OFFSET 0)
            UNION ALL
            (SELECT e.what FROM holdpoint.escalation_about e
              WHERE e.escalation = substr(a.what, length('escalation:') + 1) OFFSET 0)) AS found
          WHERE a.what LIKE 'escalation:%')
      SELECT o.what, head.size FROM own o
      UNION ALL
      SELECT says->>'kind' || '/' || w.what, head.size
        FROM (SELECT o.what FROM own o
          UNION ALL SELECT 'deployment:' || (entry->>'deployment') WHERE entry->>'deployment' IS NOT NULL
          UNION ALL SELECT 'decision:' || (entry->>'decision') WHERE entry->>'decision' IS NOT NULL) AS w
        WHERE says->>'kind' NOT IN ('escalation.updated', 'enforcement.reported');
    IF says->>'kind' = 'decision.made' AND says->>'undoes' <> '' THEN
      INSERT INTO holdpoint.entry_about (what, index)
        SELECT w.what, e.index FROM holdpoint.entries e, (VALUES ('is:undone'), ('decision.made/is:undone')) AS w(what)
          WHERE e.id = says->>'undoes'
        ON CONFLICT DO NOTHING;
    END IF;
    head.size := head.size + 1;
    head.at := written;
  END LOOP;
  UPDATE holdpoint.log_head SET size = head.size, at = head.at, peaks = head.peaks;
  RETURN first;
END $$;
--> statement-breakpoint
-- What is in the log already, found by the same. jsonb cannot hold U+0000, which no key has.
CREATE FUNCTION holdpoint.entry_says(content bytea) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT regexp_replace(regexp_replace(convert_from(content, 'UTF8'), '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g'),
    '((?:^|[^\\])(?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb $$;
--> statement-breakpoint
CREATE TEMPORARY TABLE holdpoint_said ON COMMIT DROP AS
  SELECT index, kind, deployment, decision, holdpoint.entry_says(bytes) AS says FROM holdpoint.entries;
--> statement-breakpoint
CREATE TEMPORARY TABLE holdpoint_own ON COMMIT DROP AS
  SELECT s.index, s.kind, s.says->>'escalation' AS escalation, k.what FROM holdpoint_said s
    CROSS JOIN LATERAL (
      SELECT 'severity:' || (s.says->>'severity') AS what WHERE s.says->>'severity' <> ''
      UNION SELECT 'model:' || m.model FROM (
          SELECT s.says->>'model' UNION SELECT s.says#>>'{seen,model}' UNION SELECT s.says#>>'{of,model}'
          UNION SELECT s.says#>>'{run,model}'
          UNION SELECT e->>'model' FROM jsonb_array_elements(
            CASE WHEN jsonb_typeof(s.says->'evidence') = 'array' THEN s.says->'evidence' ELSE '[]' END) AS e) AS m(model)
        WHERE m.model <> ''
      UNION SELECT 'decider:' || p FROM jsonb_array_elements_text(
          CASE WHEN s.kind = 'decision.made' THEN s.says->'people' ELSE '[]' END) AS p
      UNION SELECT 'is:deviation' WHERE s.kind = 'decision.made' AND s.says->>'deviation' <> 'none'
      UNION SELECT 'is:' || (s.says->>'deviation') WHERE s.kind = 'decision.made' AND s.says->>'deviation' <> 'none'
      UNION SELECT 'is:by-policy' WHERE s.kind = 'decision.made' AND jsonb_array_length(s.says->'people') = 0
      UNION SELECT 'is:breakglass' WHERE s.kind = 'decision.made' AND (s.says->>'breakGlass')::boolean) AS k;
--> statement-breakpoint
INSERT INTO holdpoint_own SELECT e.index, e.kind, NULL, 'is:undone' FROM holdpoint_said s
  JOIN holdpoint.entries e ON e.id = s.says->>'undoes' WHERE s.kind = 'decision.made' AND s.says->>'undoes' <> '';
--> statement-breakpoint
INSERT INTO holdpoint.escalation_about (escalation, what)
  SELECT DISTINCT escalation, what FROM holdpoint_own
    WHERE kind IN ('escalation.opened', 'escalation.updated') AND (what LIKE 'model:%' OR what LIKE 'severity:%');
--> statement-breakpoint
INSERT INTO holdpoint.entry_about (what, index)
  SELECT what, index FROM holdpoint_own
  UNION
  SELECT e.what, a.index FROM holdpoint.entry_about a
    JOIN holdpoint.escalation_about e ON e.escalation = substr(a.what, length('escalation:') + 1) WHERE a.what LIKE 'escalation:%'
  ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO holdpoint.entry_about (what, index)
  SELECT s.kind || '/' || w.what, s.index FROM holdpoint_said s
    JOIN (
      SELECT a.index, a.what FROM holdpoint.entry_about a
      UNION ALL SELECT d.index, 'deployment:' || d.deployment FROM holdpoint_said d WHERE d.deployment IS NOT NULL
      UNION ALL SELECT d.index, 'decision:' || d.decision FROM holdpoint_said d WHERE d.decision IS NOT NULL) AS w ON w.index = s.index
    WHERE s.kind NOT IN ('escalation.updated', 'enforcement.reported');
--> statement-breakpoint
DROP FUNCTION holdpoint.entry_says(bytea);
