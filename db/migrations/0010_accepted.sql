CREATE INDEX "deliveries_lanes" ON "holdpoint"."deliveries" USING btree ("source","number") WHERE evaluated_at is null;
--> statement-breakpoint
-- A widening must know every delivery that was answered 2xx before it. Whoever stores deliveries holds this lock shared until its
-- rows are visible; a widening takes it alone, after everything else, and then looks for rows that nobody has read (see check_heard).
-- An advisory lock, because a lock on the table would wait for its vacuum. The two numbers are "hold" and "2xx!" in ASCII.
CREATE FUNCTION holdpoint.storing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1752132708, 846755873);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER storing BEFORE INSERT ON holdpoint.deliveries FOR EACH STATEMENT EXECUTE FUNCTION holdpoint.storing();
--> statement-breakpoint
-- `heard` names the waiting deliveries that a widening has looked through; NULL where nothing widens. Any other one that waits is a
-- conflict. Last in the commit: whoever waits for this lock then holds nothing that the commit still needs.
CREATE FUNCTION holdpoint.check_heard(change jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF coalesce(change->'heard', 'null') = 'null' THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(1752132708, 846755873);
  IF EXISTS (SELECT FROM holdpoint.deliveries WHERE evaluated_at IS NULL
      AND id NOT IN (SELECT jsonb_array_elements_text(change->'heard'))) THEN
    RAISE EXCEPTION 'a delivery was accepted that nobody has read' USING ERRCODE = 'HP001';
  END IF;
END $$;
--> statement-breakpoint
-- (As in 0008, and with check_heard at its end.)
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
    PERFORM holdpoint.check_heard(change);
    RETURN jsonb_build_object('is', 'done', 'index', first);
  EXCEPTION WHEN SQLSTATE 'HP001' THEN
    GET STACKED DIAGNOSTICS reason = MESSAGE_TEXT;
    RETURN jsonb_build_object('is', 'conflict', 'because', reason);
  END;
END $$;
--> statement-breakpoint
-- Nobody may go around commit().
REVOKE ALL ON FUNCTION holdpoint.storing(), holdpoint.check_heard(jsonb) FROM PUBLIC;
