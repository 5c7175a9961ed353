import { expect, test } from "vitest";
import { teamsCard } from "../../../src/chat/teams/render/card.ts";
import { answers } from "../../../src/core/words/answers.ts";
import { modelRisk, type TeamsKept } from "../../support/teams-server.ts";
import { channel, open, team } from "../slack/samples.ts";
import { openTeamsEndpoint } from "./endpoint-world.ts";

/**
 * The database does not answer: whoever says something in Teams hears that it is not recorded, at
 * every door.
 */

async function setting() {
  const { heard: done, ...people } = await openTeamsEndpoint({ away: true });
  const { card, summary } = teamsCard(open, { people: team, channel, first: false, repeat: false });
  const content = JSON.parse(JSON.stringify(card));
  const contentType = "application/vnd.microsoft.card.adaptive";
  const message: TeamsKept = {
    conversation: modelRisk,
    id: "1795640000001",
    root: "1795640000001",
    edits: 0,
    activity: { summary, attachments: [{ contentType, content }] },
  };
  return { ...people, done, message };
}

test("a button that acts at once is answered so to whoever pressed, and nothing is done", async () => {
  const { press, done, message } = await setting();

  const { status, text } = await press("bob", "Acknowledge", message);

  expect(status).toBe(200);
  expect(text).toContain(answers.notRecorded);
  expect(done).toEqual([]);
});

test("a form opens all the same, and comes back with what was typed under the sentence", async () => {
  const { press, submit, done, message } = await setting();
  await press("bob", "Pause", message);

  const first = await submit("bob", { because: "8.2 %, the samples look real" });

  expect(first).toMatchObject({ status: 200, inDialog: true });
  expect(first.text).toContain(answers.notRecorded);
  expect(JSON.stringify(await submit("bob"))).toContain("NOT RECORDED");
  expect(done).toEqual([]);
});

test("More… says so where the card would be", async () => {
  const { press, message } = await setting();

  const { text } = await press("bob", "More…", message);

  expect(text).toContain(answers.notRecorded);
});

test("a line that is written to the app is answered so", async () => {
  const { write, done } = await setting();

  const { text } = await write("bob", "pause HP-142 because it is real");

  expect(text).toContain(answers.notRecorded);
  expect(done).toEqual([]);
});
