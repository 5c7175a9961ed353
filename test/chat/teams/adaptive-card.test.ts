import { expect, test } from "vitest";
import { cardProblems, problemsOf } from "../../support/adaptive-card.ts";

/** The judge of every card in the tests refuses what Teams would not draw, or would draw live. */

const run = (text: string) => ({ type: "RichTextBlock", inlines: [{ type: "TextRun", text }] });
const card = (body: readonly object[], more: object = {}) => ({
  type: "AdaptiveCard",
  version: "1.5",
  body,
  ...more,
});
const submit = { type: "Action.Submit", title: "Go", data: { a: 1 } };
const entity = (text: string, id = "6f1c1f0e-0000-4000-8000-000000000001") => ({
  type: "mention",
  text,
  mentioned: { id, name: "A" },
});

test("a plain card is fine", () => {
  const body = [run("Paused"), { type: "ActionSet", actions: [submit] }];

  expect(cardProblems(card(body))).toEqual([]);
});

test.each([
  ["another version", card([run("a")], { version: "1.6" }), "version 1.6"],
  ["an empty one", card([]), "nothing in it"],
  [
    "a large one",
    card([run("a"), ...Array.from({ length: 400 }, () => run("a".repeat(100)))]),
    "bytes",
  ],
  ["an unknown key", card([run("a")], { refresh: {} }), "has refresh"],
  ["an unknown element", card([{ type: "Image", url: "https://evil.example" }]), "element Image"],
  ["a run without words", card([run(" ")]), "without words"],
  ["a hidden character", card([run("a\u202Eb")]), "hides a character"],
  [
    "Markdown in a TextBlock",
    card([{ type: "TextBlock", wrap: true, text: "[a](b)" }]),
    "live words",
  ],
  [
    "a link in a TextBlock",
    card([{ type: "TextBlock", wrap: true, text: "https://a.b" }]),
    "live words",
  ],
  [
    "a mention of nobody",
    card([{ type: "TextBlock", wrap: true, text: "<at>A</at>" }]),
    "mentions nobody",
  ],
  [
    "a mention nowhere",
    card([run("a")], { msteams: { entities: [entity("<at>A</at>")] } }),
    "stands nowhere",
  ],
  [
    "a mention by name",
    card([{ type: "TextBlock", wrap: true, text: "<at>A</at>" }], {
      msteams: { entities: [entity("<at>A</at>", "ana@example.com")] },
    }),
    "mentions ana@example.com",
  ],
  [
    "seven buttons",
    card([{ type: "ActionSet", actions: Array.from({ length: 7 }, () => submit) }]),
    "six actions",
  ],
  [
    "a button without data",
    card([{ type: "ActionSet", actions: [{ ...submit, data: {} }] }]),
    "without data",
  ],
  [
    "an Execute that old clients do not know",
    card([{ type: "ActionSet", actions: [{ ...submit, type: "Action.Execute", verb: "act" }] }]),
    "fall back",
  ],
  [
    "a link elsewhere",
    card([
      { type: "ActionSet", actions: [{ type: "Action.OpenUrl", title: "x", url: "javascript:1" }] },
    ]),
    "link to",
  ],
  ["an input without a label", card([{ type: "Input.Text", id: "a" }]), "label without words"],
  [
    "a date that is none",
    card([{ type: "Input.Date", id: "a", label: "b", value: "soon" }]),
    "Input.Date holds",
  ],
])("%s is refused", (_what, bad, problem) => {
  expect(cardProblems(bad).join("; ")).toContain(problem);
});

test("a message without its sentence, or with two cards, is refused", () => {
  const item = {
    contentType: "application/vnd.microsoft.card.adaptive",
    content: card([run("a")]),
  };

  expect(problemsOf({ type: "message", summary: "", attachments: [item] })).toEqual(["no summary"]);
  expect(problemsOf({ type: "message", summary: "s", attachments: [item, item] })).toEqual([
    "more than one attachment",
  ]);
});
