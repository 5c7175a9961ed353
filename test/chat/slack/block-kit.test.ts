import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type PayloadKind, problemsOf, schemaMadeFrom } from "../../support/block-kit.ts";

/** The judge of all other tests is judged here: what it lets through, and what not. */

const words = { type: "plain_text", text: "Pause" };
const button = { type: "button", action_id: "hp:act:0", text: words, value: "x" };
const actions = (...elements: readonly unknown[]) => ({ type: "actions", elements });
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const rich = (...elements: readonly unknown[]) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements }],
});
const message = (...blocks: readonly unknown[]) => ({ text: "Paused", blocks });
const select = (...options: readonly unknown[]) => ({
  type: "static_select",
  action_id: "value",
  options,
});
const input = (element: unknown) => ({ type: "input", label: words, element });
const modal = (...blocks: readonly unknown[]) => ({
  type: "modal",
  title: words,
  submit: words,
  blocks,
});
const many = <T>(count: number, item: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => item(at));

const good: Readonly<Record<string, readonly [PayloadKind, unknown]>> = {
  "a message of words": ["message", { text: "Paused" }],
  "a message as the client sends it": [
    "message",
    { channel: "C1", text: "Paused", blocks: JSON.stringify([section("Paused")]) },
  ],
  "rich text and buttons": ["message", message(rich({ type: "text", text: "a" }), actions(button))],
  "a modal with a choice": ["modal", modal(input(select({ text: words, value: "=full" })))],
  "a home": ["home", { type: "home", blocks: [section("Nothing waits")] }],
};

const bad: Readonly<Record<string, readonly [PayloadKind, unknown]>> = {
  "no text": ["message", { blocks: [section("a")] }],
  "51 blocks": ["message", message(...many(51, () => section("a")))],
  "a block of an unknown type": ["message", message({ type: "sektion" })],
  "a section without text and fields": ["message", message({ type: "section" })],
  "an empty section text": ["message", message(section(""))],
  "a section text of 3,001": ["message", message(section("a".repeat(3001)))],
  "a field of 2,001": [
    "message",
    message({ type: "section", fields: [{ type: "mrkdwn", text: "a".repeat(2001) }] }),
  ],
  "eleven fields": ["message", message({ type: "section", fields: many(11, () => words) })],
  "a header in mrkdwn": [
    "message",
    message({ type: "header", text: { type: "mrkdwn", text: "a" } }),
  ],
  "a header of 151": [
    "message",
    message({ type: "header", text: { type: "plain_text", text: "a".repeat(151) } }),
  ],
  "a row without buttons": ["message", message(actions())],
  "26 buttons in a row": [
    "message",
    message(actions(...many(26, (at) => ({ ...button, action_id: `a${at}` })))),
  ],
  "a button of 76 characters": [
    "message",
    message(actions({ ...button, text: { type: "plain_text", text: "a".repeat(76) } })),
  ],
  "a button value of 2,001": ["message", message(actions({ ...button, value: "a".repeat(2001) }))],
  "a button labelled in mrkdwn": [
    "message",
    message(actions({ ...button, text: { type: "mrkdwn", text: "a" } })),
  ],
  "a style that Slack does not know": [
    "message",
    message(actions({ ...button, style: "warning" })),
  ],
  "the same action twice in a row": ["message", message(actions(button, button))],
  "the same block twice": [
    "message",
    message({ ...section("a"), block_id: "a" }, { ...section("b"), block_id: "a" }),
  ],
  "an empty rich text": ["message", message({ type: "rich_text", elements: [] })],
  "an empty piece of rich text": ["message", message(rich({ type: "text", text: "" }))],
  "a mention of no account": ["message", message(rich({ type: "user", user_id: "chidi" }))],
  "markup within rich text": ["message", message(rich({ type: "mrkdwn", text: "a" }))],
  "11,000 characters in all": ["message", message(...many(5, () => section("a".repeat(2300))))],
  "half a character": ["message", message(section("a\uD83D"))],
  "a title of 25": [
    "modal",
    { ...modal(section("a")), title: { type: "plain_text", text: "a".repeat(25) } },
  ],
  "a title in mrkdwn": ["modal", { ...modal(section("a")), title: { type: "mrkdwn", text: "a" } }],
  "a modal without a title": ["modal", { type: "modal", blocks: [section("a")] }],
  "inputs without a submit": [
    "modal",
    {
      type: "modal",
      title: words,
      blocks: [input({ type: "plain_text_input", action_id: "value" })],
    },
  ],
  "private_metadata of 3,001": [
    "modal",
    { ...modal(section("a")), private_metadata: "a".repeat(3001) },
  ],
  "101 blocks": ["modal", modal(...many(101, () => section("a")))],
  "a choice without options": ["modal", modal(input(select()))],
  "an option without a value": ["modal", modal(input(select({ text: words, value: "" })))],
  "an option of 76": [
    "modal",
    modal(input(select({ text: { type: "plain_text", text: "a".repeat(76) }, value: "a" }))),
  ],
  "a date that is none": [
    "modal",
    modal(input({ type: "datepicker", action_id: "value", initial_date: "tomorrow" })),
  ],
  "more text than its field takes": [
    "modal",
    modal(
      input({
        type: "plain_text_input",
        action_id: "value",
        max_length: 3,
        initial_value: "four",
      }),
    ),
  ],
};

describe("the judge of payloads", () => {
  test.each(Object.entries(good))("lets pass: %s", (_, [kind, payload]) => {
    expect(problemsOf(payload, kind)).toEqual([]);
  });

  test.each(Object.entries(bad))("rejects: %s", (_, [kind, payload]) => {
    expect(problemsOf(payload, kind)).not.toEqual([]);
  });

  test("judges by the types that are installed", () => {
    const installed = JSON.parse(readFileSync("node_modules/@slack/types/package.json", "utf8"));

    expect(schemaMadeFrom.endsWith(`@slack/types ${installed.version}`)).toBe(true);
  });
});
