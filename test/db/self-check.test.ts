import { expect, test } from "vitest";
import { eachDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { asOwner } from "../support/tamper.ts";
import { jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** What somebody changes in the tables is found by the running server. */

const record = async (world: World): Promise<{ status: number; problem: string | null }> => {
  const { status, body } = await world.get("/readyz");
  const { checks } = body as { checks: readonly { name: string; problem: string | null }[] };
  return { status, problem: checks.find(({ name }) => name === "record")?.problem ?? null };
};

/** An export signs what can be signed; the worker does so once a second. */
const signedSize = async (world: World): Promise<number> => {
  const headers = { authorization: `Bearer ${operatorToken}` };
  await (await fetch(`${world.server().url}/log/export`, { headers })).text();
  const { text } = await world.get("/log/checkpoint");
  return Number(text.split("\n")[1]);
};

const toldInConsole = async (world: World): Promise<readonly string[]> => {
  const rows = await world.server().store.messages("console", 500);
  return rows.map(({ body }) => JSON.stringify(body)).filter((text) => text.includes("own record"));
};

/** What every page of the console says at its top. */
const banner = async (world: World): Promise<string> =>
  /<p class="doubt" role="alert">([^<]*)/.exec((await world.get("/")).text)?.[1] ?? "";

const paused = async (kind: World["kind"]): Promise<World> => {
  const world = await openWorld(kind, { check: false });
  await world.send("signals", jailbreak());
  await world.say("chidi", "pause assistant-prod because the samples look real");
  return world;
};

const setState =
  "update holdpoint.streams set state = jsonb_set(state, $2::text::text[], $3::text::jsonb) where name = $1";

eachDatabase((kind) => {
  test("a row changed from paused to full is found at the next tick: red, unsigned, told once; nothing widens, restricting works", async () => {
    const world = await paused(kind);
    const { query } = world.database();
    await world.say("chidi", "resume assistant-prod because it was patched, 1.1 % in a full run");
    const signed = await signedSize(world);
    await query(setState, "deployment:assistant-prod", "{posture,scope}", '"full"');

    await world.clock.advance("15s");

    expect(await record(world)).toEqual({
      status: 503,
      problem: expect.stringContaining(
        "This database says that assistant-prod is full, but the log says that it is paused.",
      ),
    });
    expect((await world.get("/metrics")).text).toContain("holdpoint_signing_held 1");
    expect(await banner(world)).toContain("the log says that it is paused. It was changed without");
    const widened = await world.say("erin", "resume assistant-prod because I agree");
    expect(widened).toMatchObject({ ok: false, text: expect.stringContaining("own record") });
    const narrowed = await world.say("chidi", "narrow assistant-prod to no-tools because of it");
    expect(narrowed.text).toContain("own record"); // by the log, it is paused
    const kept = await world.say("chidi", "keep assistant-prod because it looks fine");
    expect(kept.ok).toBe(false);
    expect(await signedSize(world)).toBe(signed);
    expect(await toldInConsole(world)).toHaveLength(1);
    await world.clock.advance("1h");
    await world.clock.advance("1h");
    expect(await toldInConsole(world)).toHaveLength(1);

    await query(setState, "deployment:assistant-prod", "{posture,scope}", '"paused"');
    await world.clock.advance("15s");

    expect(await record(world)).toMatchObject({ problem: null });
    expect(await banner(world)).toBe("");
    expect(await signedSize(world)).toBeGreaterThan(signed);
    await query(setState, "deployment:assistant-prod", "{posture,scope}", '"full"');
    await world.clock.advance("15s");
    expect(await record(world)).toMatchObject({ status: 503 });
    const restricted = await world.say("dana", "pause assistant-prod because of what is going on");
    expect(restricted.text).toContain("Paused");
    expect(await world.posture()).toBe("paused");
  });

  test.each([
    [
      "a due time was removed",
      "delete from holdpoint.dues where stream = 'deployment:assistant-prod' and kind = 'reassess'",
      "The due time “reassess” of assistant-prod is missing",
    ],
    [
      "an escalation was closed in the list",
      "update holdpoint.escalations set status = 'closed'",
      "What this database lists of HP-1",
    ],
    [
      "a decision was taken out of the state",
      "update holdpoint.streams set state = jsonb_set(state, '{escalations,0,status}', '\"open\"') where name = 'deployment:assistant-prod'",
      "What this database says of assistant-prod (escalations)",
    ],
    [
      "somebody was made to be back",
      "update holdpoint.streams set state = jsonb_set(state, '{away}', '{\"p_x\": 9999999999999}') where name = 'org'",
      "(who is away)",
    ],
  ])("it is found at a start where %s", async (_what, change, sentence) => {
    const world = await paused(kind);
    await world.database().query(change);

    await world.restart();
    await world.settle();

    expect(await record(world)).toEqual({
      status: 503,
      problem: expect.stringContaining(sentence),
    });
  });

  test.each([
    ["kind", "'escalation.closed'"],
    ["at", "at + interval '1 second'"],
    ["subject", "'org'"],
    ["deployment", "null"],
    ["decision", "'keep'"],
    ["id", "'e_other'"],
    ["leaf", "sha256('other')"],
  ])("an index column of an entry that was changed is found: %s", async (column, value) => {
    const world = await paused(kind);
    await asOwner(world.database().query, async () => {
      await world
        .database()
        .query(
          `update holdpoint.entries set ${column} = ${value} where index = (select max(index) from holdpoint.entries where kind = 'decision.made')`,
        );
    });

    await world.clock.advance("1h");
    await world.clock.advance("15s");

    expect((await record(world)).problem).toContain(
      column === "leaf" ? "its bytes have another hash" : `The column “${column}” of entry`,
    );
  });

  test("a decision that was hidden from every question about it is found", async () => {
    const world = await paused(kind);
    const { query } = world.database();
    const index = "(select max(index) from holdpoint.entries where kind = 'decision.made')";
    const rows = await query(`select what from holdpoint.entry_about where index = ${index}`);
    const keys = rows.map(([what]) => String(what));
    expect(keys).toContain("escalation:HP-1");
    expect(keys).toContain("trigger:jailbreak-rate");
    await asOwner(query, async () => {
      await query(`delete from holdpoint.entry_about where index = ${index}`);
    });
    expect((await world.say("chidi", "decisions kind pause")).text).not.toContain("look real");

    await world.clock.advance("1h");
    await world.clock.advance("15s");

    const { problem } = await record(world);
    expect(problem).toContain("that row is missing in entry_about");
    expect(keys.some((key) => problem?.includes(` is not found by "${key}"`))).toBe(true);
  });

  test("an entry that is shown among those it is not one of is found, and undoing is no such thing", async () => {
    const world = await paused(kind);
    const { query } = world.database();
    await world.say("chidi", "undo assistant-prod because it was the wrong one");
    await world.say("chidi", "pause assistant-prod because it is this one");
    const ticks = async (): Promise<string | null> => {
      for (let n = 0; n < 4; n += 1) await world.clock.advance("15s");
      return (await record(world)).problem;
    };
    expect(await ticks()).toBeNull();
    const last = "(select max(index) from holdpoint.entries where kind = 'decision.made')";

    for (const [what, index, sentence] of [
      [
        "decision.made/is:breakglass",
        last,
        "an entry is found by “decision.made/is:…” (entry_about) without",
      ],
      ["person:p_somebodyelse", "0", "an entry is found by “person:…” (entry_about) without"],
      ["is:undone", last, "but nobody took that decision back"],
      ["escalation:HP-1", "100000", "Entry 100000 can be found in this database"],
    ] as const) {
      const row = `'${what}', ${index}`;
      await asOwner(query, async () => {
        await query(`insert into holdpoint.entry_about (what, index) values (${row})`);
      });
      expect(await ticks(), row).toContain(sentence);
      await asOwner(query, async () => {
        await query(`delete from holdpoint.entry_about where (what, index) = (${row})`);
      });
      expect(await ticks(), row).toBeNull();
    }
  });

  test("a due time that only gateways give is there again, and what it brings about happens", async () => {
    const world = await openWorld(kind, {
      policy: (yaml) =>
        yaml.replace(
          "    starts: full ",
          "    enforcement: { gateways: [edge-1], confirmWithin: 5m }\n    starts: full ",
        ),
    });
    const { query } = world.database();
    await world.say("bob", "pause assistant-prod because it leaks");
    const change = { removed: "delete from", moved: "update" };
    for (const [what, how] of [
      [change.removed, ""],
      [change.moved, "set at = at + interval '1 year'"],
    ]) {
      const rows = await query(
        `${what} holdpoint.dues ${how} where kind = 'confirm' returning kind`,
      );
      expect(rows).toHaveLength(1);
      await world.clock.advance("15s");
      await world.clock.advance("15s");
    }

    await world.clock.advance("6m");

    const { body } = await world.get("/v1/escalations/HP-2");
    expect(body).toMatchObject({ trigger: "unconfirmed", status: "open" });
    expect(await record(world)).toMatchObject({ problem: null });
  });

  test("a policy whose text was changed does not count: the copy outside the database does", async () => {
    const world = await paused(kind);
    const query: ReturnType<World["database"]>["query"] = (text, ...params) =>
      world.database().query(text, ...params); // it is another after the restart
    const find = "select digest, encode(canonical, 'hex') from holdpoint.policies";
    const [[digest, canonical] = []] = await query(find);
    const set = async (hex: string): Promise<void> => {
      await asOwner(query, async () => {
        const text = "update holdpoint.policies set canonical = decode($1, 'hex')";
        await query(text, hex);
      });
    };
    const text = Buffer.from(String(canonical), "hex").toString();
    const looser = text.replace('"mustNotBeOwner":true', '"mustNotBeOwner":false');
    await set(Buffer.from(looser === text ? `${text} ` : looser).toString("hex"));

    await world.restart();

    expect(await record(world)).toEqual({
      status: 503,
      problem: expect.stringContaining(`The policy ${String(digest).slice(0, 12)}… in this`),
    });
    await set(String(canonical)); // put back: what was loaded is the true one all the same
    expect((await world.say("dana", "resume assistant-prod because it is fine")).ok).toBe(false);
    expect((await world.say("dana", "raise assistant-prod because of doubt")).ok).toBe(true);
    await world.clock.advance("1h");
    expect(await record(world)).toMatchObject({ problem: null });
  });
});
