import type { Connection } from "../../db/connection.ts";

/**
 * Databases that a test is done with, for the next one: to empty one costs a twentieth of copying
 * the template (0.3 s of PostgreSQL's processor time). Its connections stay open, since each new
 * one costs a process and every plan again. Not used again: one whose schema a test changed, and
 * one that a test knows the address of for as long as somebody is connected to it.
 */

/** To be run once in the migrated template: what `emptied` needs. */
export const prepared = `
  create schema for_tests;
  create table for_tests.changed (command text);
  create function for_tests.note_change() returns event_trigger language plpgsql security definer as $$
    begin insert into for_tests.changed values (tg_tag); end $$;
  do $$
    declare name text;
    begin
      for name in select relname from pg_class
        where relnamespace = 'holdpoint'::regnamespace and relkind = 'r' loop
        execute format('create table for_tests.%I as table holdpoint.%I', 'was_' || name, name);
      end loop;
      create table for_tests.sequences as
        select format('%I.%I', schemaname, sequencename) as name,
          coalesce(last_value, start_value) as value, last_value is not null as is_called
        from pg_sequences where schemaname = 'holdpoint';
    end $$;
  create function for_tests.empty(others_may_be_connected boolean) returns text
    language plpgsql as $$
    declare name text;
    begin
      if others_may_be_connected and exists (select from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()) then return 'in use'; end if;
      if exists (select from for_tests.changed) then return 'changed'; end if;
      perform set_config('session_replication_role', 'replica', true);
      for name in select relname from pg_class
        where relnamespace = 'holdpoint'::regnamespace and relkind = 'r' loop
        if pg_relation_size(format('holdpoint.%I', name)) > 1000000
          then execute format('truncate holdpoint.%I', name);
          else execute format('delete from holdpoint.%I', name);
        end if;
        execute format('insert into holdpoint.%I table for_tests.%I', name, 'was_' || name);
      end loop;
      perform setval(s.name, s.value, s.is_called) from for_tests.sequences s;
      return 'empty';
    end $$;
  create event trigger for_tests_note_change on ddl_command_end
    execute function for_tests.note_change()`;

/**
 * Makes it as it was copied from the template, or says why not. `isKnown`: others may be connected.
 */
export async function emptied({ execute }: Connection, isKnown: boolean): Promise<unknown> {
  try {
    const text = "select for_tests.empty($1::boolean)";
    const [[said] = []] = await execute({ text, params: [isKnown] });
    return said;
  } catch (error) {
    return error;
  }
}
