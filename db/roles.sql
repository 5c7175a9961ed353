-- Roles for production. Run it with psql as a superuser in Holdpoint's database, before the first start and again after each
-- upgrade; it may be run any number of times. Then give each role a password (\password holdpoint_app).
--
--   holdpoint_owner    owns the tables and migrates them: start Holdpoint once with its URL at each upgrade
--   holdpoint_app      what Holdpoint runs as: it may call holdpoint.commit, and cannot write the log in any other way
--   holdpoint_auditor  reads the log and everything that explains it; no webhook bodies, no sessions
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['holdpoint_owner', 'holdpoint_app', 'holdpoint_auditor'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', name);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
  END LOOP;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO holdpoint_owner', current_database());

  IF to_regclass('holdpoint.entries') IS NULL THEN
    RAISE NOTICE 'No tables yet: start Holdpoint once as holdpoint_owner, then run this again.';
    RETURN;
  END IF;

  GRANT USAGE ON SCHEMA holdpoint TO holdpoint_app, holdpoint_auditor;

  GRANT SELECT ON ALL TABLES IN SCHEMA holdpoint TO holdpoint_app;
  GRANT EXECUTE ON FUNCTION holdpoint.commit(jsonb), holdpoint.give_up(text, text),
    holdpoint.forget(timestamptz, timestamptz, timestamptz, timestamptz, bigint, int),
    holdpoint.erase_unless_held(text[], text, text[], text[], text[], text[]) TO holdpoint_app;
  GRANT INSERT ON holdpoint.deliveries, holdpoint.messages, holdpoint.checkpoint, holdpoint.cosignatures, holdpoint.log_identity,
    holdpoint.sightings, holdpoint.endpoints, holdpoint.conversations TO holdpoint_app;
  GRANT USAGE ON SEQUENCE holdpoint.deliveries_number_seq TO holdpoint_app;
  GRANT UPDATE ON holdpoint.messages, holdpoint.checkpoint, holdpoint.cosignatures, holdpoint.sightings, holdpoint.endpoints,
    holdpoint.conversations TO holdpoint_app;
  GRANT DELETE ON holdpoint.sightings TO holdpoint_app;
  GRANT UPDATE (free_at) ON holdpoint.lanes TO holdpoint_app;
  GRANT UPDATE (leased_until) ON holdpoint.deliveries TO holdpoint_app;
  GRANT UPDATE (spent_at) ON holdpoint.sessions TO holdpoint_app;
  GRANT UPDATE (state, claimed, fence, attempts, attempted_at, leased_until, retry_at, last_error, sent_at,
      doubt_since)
    ON holdpoint.outbox TO holdpoint_app;

  GRANT SELECT ON holdpoint.entries, holdpoint.entry_about, holdpoint.escalation_about, holdpoint.nodes, holdpoint.log_head, holdpoint.log_identity,
    holdpoint.checkpoint, holdpoint.cosignatures, holdpoint.policies, holdpoint.texts, holdpoint.people, holdpoint.streams, holdpoint.escalations,
    holdpoint.dues, holdpoint.conditions, holdpoint.evidence, holdpoint.signals, holdpoint.migrations TO holdpoint_auditor;
END $$;
