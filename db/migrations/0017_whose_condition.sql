-- Two sources that use the same name mean two things: what is counted is named after its source. Where no trigger matched, the
-- rule says which that was; else it is the one whose signal opened the escalation. What Holdpoint itself says keeps its name.
UPDATE holdpoint.conditions AS c SET condition = whose.source || '/' || c.condition
  FROM (
    SELECT k.escalation, k.trigger,
      CASE WHEN k.trigger LIKE 'unmatched/_%/%' THEN split_part(k.trigger, '/', 2) ELSE e.doc #>> '{seen,source}' END AS source
    FROM (SELECT DISTINCT escalation, trigger FROM holdpoint.conditions) AS k
    JOIN holdpoint.escalations e ON e.id = k.escalation) AS whose
  WHERE c.escalation = whose.escalation AND c.trigger = whose.trigger AND whose.source NOT IN ('', 'holdpoint');
