import { expect, test } from "vitest";
import { answers } from "../../../src/core/words/answers.ts";
import { cardIn, openDoor } from "./door-world.ts";

/**
 * The database does not answer: whoever says something in Slack hears that it is not recorded, at
 * every door.
 */

test("a slash command is answered that it is not recorded, and nothing is asked of anybody", async () => {
  const door = await openDoor({ away: true });

  const { status, text } = await door.type("bob", "/pause HP-142 because 8.2 % is real");

  expect(status).toBe(200);
  expect(text).toContain(answers.notRecorded);
  expect(door.said).toEqual([]);
});

test("a button that acts at once is answered so to whoever pressed", async () => {
  const door = await openDoor({ away: true });

  const { text } = await door.press("bob", "Acknowledge", cardIn(door));

  expect(text).toContain(answers.notRecorded);
  expect(door.said).toEqual([]);
});

test("a form opens all the same, and keeps what was typed, with the sentence at its field", async () => {
  const door = await openDoor({ away: true });
  await door.press("bob", "Pause", cardIn(door));
  const view = door.slack.views[0]?.view ?? {};
  const values = { reason: { value: { type: "plain_text_input", value: "it lies" } } };

  const answer = await door.post({ payload: door.bodies.submission("bob", view, values) });

  expect(await answer.json()).toEqual({
    response_action: "errors",
    errors: { reason: answers.notRecorded },
  });
  expect(door.said).toEqual([]);
});

test("More… says so where the card would be", async () => {
  const door = await openDoor({ away: true });

  const { text } = await door.press("bob", "More…", cardIn(door));

  expect(text).toContain(answers.notRecorded);
});

test("a mention is answered so to its author alone, and is not sent again by Slack", async () => {
  const door = await openDoor({ away: true });

  const { status, text } = await door.mention("bob", "pause HP-142 because it is real");

  expect(status).toBe(200);
  expect(text).toContain(answers.notRecorded);
  expect(door.said).toEqual([]);
});

test("the App Home says so instead of showing what may not be true any more", async () => {
  const door = await openDoor({ away: true });

  const { text } = await door.home("bob");

  expect(text).toContain(answers.notRecorded);
});
