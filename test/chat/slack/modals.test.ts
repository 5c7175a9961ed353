import { describe, expect, test } from "vitest";
import type { Press } from "../../../src/chat/shared/button-payload.ts";
import { decodePress, viewIds } from "../../../src/chat/slack/inbound/button-payload.ts";
import {
  fieldsModal,
  formModal,
  type Modal,
  moreModal,
  noticeModal,
  readForm,
  skeleton,
  type ViewValues,
} from "../../../src/chat/slack/render/modals.ts";
import { lineOf } from "../../../src/console/forms/form-line.ts";
import { problemsOf, walk } from "../../support/block-kit.ts";
import { answer, button, buttonContext, channel, field, form, open, said } from "./samples.ts";

const press: Press = { ...buttonContext, line: "pause HP-142", form: form() };

const wordsIn = (view: Modal): string =>
  [...walk(view)].map(([, { type, text }]) => (type === "text" ? text : "")).join("\n");

const reasonIs = (value: string | null): ViewValues => ({ reason: { value: { value } } });

const submitted = (view: Modal, values: ViewValues): string | undefined =>
  readForm(values, view.private_metadata ?? "")?.line;

describe("the form of a button", () => {
  test("names the deed in full and as far as its button holds, with the reason filled in", () => {
    const view = formModal(press);
    const input = view.blocks.find((block) => block.type === "input");

    expect(problemsOf(view, "modal")).toEqual([]);
    expect(view.callback_id).toBe(viewIds.form);
    expect(view.title.text).toBe("Pause");
    expect(view.submit?.text).toBe("Pause Assistant…");
    expect(view.close?.text).toBe("Cancel");
    expect(wordsIn(view)).toContain("Pause Assistant (production)");
    expect(input).toMatchObject({
      optional: true,
      element: { multiline: true, max_length: 2000, initial_value: press.form?.reason },
    });
  });

  test("asks for a reason where one is needed", () => {
    const view = formModal({ ...press, form: form({ reason: "", reasonRequired: true }) });
    const input = view.blocks.find((block) => block.type === "input");

    expect(input).toMatchObject({ optional: false });
    expect(input).not.toHaveProperty("element.initial_value");
    expect(problemsOf(view, "modal")).toEqual([]);
  });

  test("stands for the line somebody would have typed, the reason last", () => {
    const view = formModal(press);
    const tricky = "looks real\nto full for 1000d because\t reviewed";

    expect(submitted(view, reasonIs("8.2 %, samples look real"))).toBe(
      "pause HP-142 because 8.2 %, samples look real",
    );
    expect(submitted(view, reasonIs(tricky))).toBe(
      "pause HP-142 because looks real to full for 1000d because reviewed",
    );
    expect(submitted(view, reasonIs(null))).toBe("pause HP-142");
    expect(submitted(view, {})).toBe("pause HP-142");
  });

  test("keeps what it was drawn from, and is read from no other metadata", () => {
    const metadata = formModal(press).private_metadata ?? "";

    expect(readForm({}, metadata)?.press).toMatchObject({ ...buttonContext, line: "pause HP-142" });
    expect(readForm({}, "")).toBeNull();
    expect(readForm({}, "pause HP-142")).toBeNull();
  });
});

describe("a form for what a command lacks", () => {
  const fields = [
    field({
      kind: "choice",
      options: [
        { value: "assistant-prod", label: "Assistant (production)" },
        { value: "search-beta", label: "Search beta" },
      ],
    }),
    field({
      name: "to",
      label: "Scope",
      kind: "choice",
      required: false,
      options: [
        { value: "", label: "the next narrower" },
        { value: "no-tools", label: "no-tools" },
      ],
    }),
    field({ name: "until", label: "Until", kind: "date", required: false, value: "2026-12-01" }),
    field({ name: "reason", label: "Because", required: false, value: "drill" }),
  ];
  const view = fieldsModal({ command: "narrow", fields }, buttonContext);

  test("has an input for each field, by its kind", () => {
    const inputs = view.blocks.flatMap((block) => (block.type === "input" ? [block] : []));

    expect(problemsOf(view, "modal")).toEqual([]);
    expect(view.callback_id).toBe(viewIds.fields);
    expect(view.submit?.text).toBe("Narrow");
    expect(inputs.map(({ element }) => element.type)).toEqual([
      "static_select",
      "static_select",
      "datepicker",
      "plain_text_input",
    ]);
    expect(inputs.map(({ optional }) => optional)).toEqual([false, true, true, true]);
    expect(inputs[1]?.element).toMatchObject({ initial_option: { value: "=" } });
    expect(inputs[2]?.element).toMatchObject({ initial_date: "2026-12-01" });
  });

  test.each([
    ["no-tools", "2026-12-01", "drill\n to full"],
    ["", "2026-12-01", ""],
    ["no-tools", "", "a reason"],
  ])("says what the console would say: to %s until %s because %s", (to, until, reason) => {
    const values: ViewValues = {
      "field:3:reason": { value: { value: reason } },
      "field:2:until": { value: { selected_date: until || null } },
      "field:1:to": { value: { selected_option: { value: `=${to}` } } },
      "field:0:what": { value: { selected_option: { value: "=assistant-prod" } } },
    };
    const page = new URLSearchParams([
      ["line", "narrow"],
      ["field.what", "assistant-prod"],
      ["field.to", to],
      ["field.until", until],
      ["field.reason", reason],
    ]);

    expect(submitted(view, values)).toBe(lineOf(page));
  });

  test("keeps the order in which it asked, though Slack sends the values in any", () => {
    const words = Array.from({ length: 12 }, (_, at) => field({ name: `word${at}` }));
    const asked = fieldsModal({ command: "raise", fields: words }, buttonContext);
    const values = Object.fromEntries(
      words.map(({ name }, at) => [`field:${at}:${name}`, { value: { value: `w${at}` } }] as const),
    );
    const reversed = Object.fromEntries(Object.entries(values).reverse());

    expect(submitted(asked, reversed)).toBe(`raise ${words.map((_, at) => `w${at}`).join(" ")}`);
  });

  test("two fields may complete one clause: by whom, and by when", () => {
    const values: ViewValues = {
      "field:2:by": { value: { selected_date: "2026-11-27" } },
      "field:1:by": { value: { selected_option: { value: "=erin" } } },
      "field:0:word": { value: { value: "jailbreak" } },
    };
    const asked = fieldsModal(
      {
        command: "retest",
        fields: [
          field({ name: "word" }),
          field({ name: "by", kind: "choice", options: [{ value: "erin", label: "Erin" }] }),
          field({ name: "by", kind: "date" }),
        ],
      },
      buttonContext,
    );

    expect(problemsOf(asked, "modal")).toEqual([]);
    expect(submitted(asked, values)).toBe("retest jailbreak by erin by 2026-11-27");
  });

  test("lets people type where there is nothing, or too much, to choose from", () => {
    const options = Array.from({ length: 101 }, (_, at) => ({ value: `d${at}`, label: `D${at}` }));
    const both = fieldsModal(
      { command: "pause", fields: [field({ kind: "choice", options }), field({ kind: "choice" })] },
      buttonContext,
    );

    expect(problemsOf(both, "modal")).toEqual([]);
    expect(
      both.blocks.flatMap((block) => (block.type === "input" ? [block.element.type] : [])),
    ).toEqual(["plain_text_input", "plain_text_input"]);
  });
});

describe("a view", () => {
  test("stands at once as a skeleton", () => {
    expect(problemsOf(skeleton("Pause"), "modal")).toEqual([]);
    expect(wordsIn(skeleton("Pause"))).toContain("One moment…");
  });

  test("shows an answer, its lines and the next steps", () => {
    const view = noticeModal(
      "Not resumed",
      answer({ ok: false, text: "Not resumed.", lines: [["Ask Chidi"]], choices: [button()] }),
      said,
    );

    expect(problemsOf(view, "modal")).toEqual([]);
    expect(wordsIn(view)).toContain("Not resumed.");
    expect(wordsIn(view)).toContain("Ask Chidi");
    expect(JSON.stringify(view.blocks)).toContain("hp:form:0");
  });

  test("shows what is behind More…, and the card's buttons again", () => {
    const view = moreModal(open, channel);

    expect(problemsOf(view, "modal")).toEqual([]);
    for (const { heading } of open.more) expect(wordsIn(view)).toContain(heading);
    expect(wordsIn(view)).toContain("Above 5 % the tool-use safety case no longer holds.");
    expect(decodePress(view.private_metadata ?? "")?.escalation).toBe("HP-142");
    expect(view.blocks.filter(({ type }) => type === "actions")).toHaveLength(2);
  });

  test("says how much of a long More… it leaves out", () => {
    const lines = Array.from({ length: 300 }, (_, at) => [`signal ${at}`]);
    const view = moreModal({ ...open, more: [{ heading: "Evidence", lines }] }, channel);

    expect(wordsIn(view)).toContain("… and 260 more lines");
  });
});
