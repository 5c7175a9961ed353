import { expect, test } from "vitest";
import { Fault } from "../../../src/app/ports.ts";
import { answers } from "../../../src/core/words/answers.ts";
import { slackFaults } from "../../support/slack-types.ts";
import { cardIn, openEndpoint } from "./endpoint-world.ts";

/**
 * The database does not answer: whoever says something in Slack hears that it is not recorded, at
 * every door.
 */

test("a slash command is answered that it is not recorded, and nothing is asked of anybody", async () => {
  const endpoint = await openEndpoint({ away: true });

  const { status, text } = await endpoint.type("bob", "/pause HP-142 because 8.2 % is real");

  expect(status).toBe(200);
  expect(text).toContain(answers.notRecorded);
  expect(endpoint.said).toEqual([]);
});

test("a button that acts at once is answered so to whoever pressed", async () => {
  const endpoint = await openEndpoint({ away: true });

  const { text } = await endpoint.press("bob", "Acknowledge", cardIn(endpoint));

  expect(text).toContain(answers.notRecorded);
  expect(endpoint.said).toEqual([]);
});

test("a form opens all the same, and keeps what was typed, with the sentence at its field", async () => {
  const endpoint = await openEndpoint({ away: true });
  await endpoint.press("bob", "Pause", cardIn(endpoint));
  const view = endpoint.slack.views[0]?.view ?? {};
  const values = { reason: { value: { type: "plain_text_input", value: "it lies" } } };

  const answer = await endpoint.post({ payload: endpoint.bodies.submission("bob", view, values) });

  expect(await answer.json()).toEqual({
    response_action: "errors",
    errors: { reason: answers.notRecorded },
  });
  expect(endpoint.said).toEqual([]);
});

test("More… says so where the card would be", async () => {
  const endpoint = await openEndpoint({ away: true });

  const { text } = await endpoint.press("bob", "More…", cardIn(endpoint));

  expect(text).toContain(answers.notRecorded);
});

test("a mention is answered so to its author alone, and is not sent again by Slack", async () => {
  const endpoint = await openEndpoint({ away: true });

  const { status, text } = await endpoint.mention("bob", "pause HP-142 because it is real");

  expect(status).toBe(200);
  expect(text).toContain(answers.notRecorded);
  expect(endpoint.said).toEqual([]);
});

test("the App Home says so instead of showing what may not be true any more", async () => {
  const endpoint = await openEndpoint({ away: true });

  const { text } = await endpoint.home("bob");

  expect(text).toContain(answers.notRecorded);
});

test("a home that can neither be read nor be told so is two faults in the log, and ends nothing", async () => {
  const endpoint = await openEndpoint({
    views: {
      people: async () => {
        throw new Fault("the database does not answer", "later");
      },
    },
    fault: ({ method }) => (method === "views.publish" ? slackFaults.before : null),
  });

  await endpoint.home("bob");

  const ofTheHome = () => endpoint.faults.filter((fault) => fault.startsWith("slack home"));
  await expect.poll(ofTheHome).toHaveLength(2);
  expect(ofTheHome()[0]).toContain("the database does not answer");
  expect(ofTheHome()[1]).toContain("Slack could not be asked");
});
