import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import type { Invocation, Speaker } from "../../src/app/ports.ts";
import { oneDatabase } from "../support/databases.ts";
import { everythingIsSaid, jailbreak, openWorld } from "../support/world.ts";

/**
 * What one press asks of the database, statement by statement: who speaks is looked up once, with
 * the policy in force, and what is decided is read once, right before it is committed.
 */

/** What a statement is about, by a piece of its text. */
const pieces: readonly (readonly [string, string])[] = [
  ["streams", "s.version, s.state from holdpoint.log_head h left join"],
  ["escalation", 'select "doc" from "holdpoint"."escalations"'],
  ["evidence", 'select "escalation", "signals"'],
  ["entries", 'select "index", "bytes" from'],
  ["texts", 'select "commitment"'],
  ["commit", "holdpoint.commit("],
];

/** The statements of the press under way: what workers ask meanwhile is no part of it. */
const press = new AsyncLocalStorage<string[]>();

/** Null for what the list above does not name. */
function statementIn(text: string, [first]: readonly unknown[]): string | null {
  const words = text.replaceAll(/\s+/g, " ");
  const name = pieces.find(([, piece]) => words.includes(piece))?.[0] ?? null;
  return name === "streams" ? `streams ${String(first)}` : name;
}

const bob: Speaker = { is: "account", account: { chat: "slack", id: "U0BOB00001" } };
const mallory: Speaker = { is: "account", account: { chat: "teams", id: "somebody" } };

/** Who speaks, and which policy is in force. */
const who = 'streams {"org","numbers"}';
const escalation = "escalation";
/** What is true of the deployment. */
const deployment = ['streams {"org","numbers","deployment:assistant-prod"}', "evidence"];
const commit = "commit";

oneDatabase((kind) => {
  test("a press looks up who speaks once, whatever chat it comes from, and reads what it decides once", async () => {
    const world = await openWorld(kind, {
      wrap: (execute) => (query) => {
        const statement = statementIn(query.text, query.params);
        if (statement !== null) press.getStore()?.push(statement);
        return execute(query);
      },
    });
    await world.send("signals", jailbreak());
    const chidi = (await world.server().views.people()).find(({ key }) => key === "chidi");
    if (!chidi) throw new Error("the policy names no chidi");
    const onPage: Speaker = { is: "person", person: chidi.id, link: null };
    /** The statements of a press, up to its commit. */
    const statements = async (speaker: Speaker, line: string): Promise<readonly string[]> => {
      await everythingIsSaid(world);
      const seen: string[] = [];
      const invocation: Invocation = {
        speaker,
        surface: speaker.is === "account" ? speaker.account.chat : "console",
        line,
        key: line,
        version: null,
        channel: null,
        escalation: null,
        private: true,
      };
      await press.run(seen, () => world.server().inbound.run(invocation));
      const end = seen.indexOf("commit");
      return end < 0 ? [...seen] : seen.slice(0, end + 1);
    };
    const pressed = async (speaker: Speaker, lines: readonly string[]) => {
      for (const line of lines) expect(await statements(speaker, line), line).toEqual(expected);
    };
    let expected: readonly string[] = [who];
    await pressed(bob, ["help", "pause", "resume", "retest"]);
    await pressed(onPage, ["help", "pause", "breakglass"]);
    expected = [who, escalation, ...deployment, commit];
    await pressed(bob, ["ack HP-1", "pause HP-1 because a", "retest HP-1 suite by erin"]);
    await pressed(bob, ["resume HP-1 because refused", "undo HP-1 because wrong"]);
    await pressed(onPage, ["pause HP-1 because b", "resume HP-1 because fine"]);
    expected = [who, ...deployment, commit];
    await pressed(bob, ["pause assistant-prod because c", "away until tomorrow"]);
    await pressed(onPage, ["reassess assistant-prod on tomorrow"]);
    // which words say how things are anyway is asked before
    expected = [who, escalation, ...deployment, ...deployment, commit];
    await pressed(onPage, ["keep HP-1 because not yet"]);
    // the account of a stranger is looked for among those that are on the record
    expected = [who, escalation, ...deployment, "texts", commit];
    await pressed(mallory, ["pause HP-1"]);
    expected = [who, ...deployment, "entries", "texts"];
    await pressed(bob, ["status", "who assistant-prod"]);
  });
});
