import { describe, expect, test } from "vitest";
import type { Press } from "../../../src/chat/shared/button-payload.ts";
import { pressData, readPress } from "../../../src/chat/teams/inbound/button-payload.ts";
import { answerDialog, formDialog, readDialog } from "../../../src/chat/teams/render/dialogs.ts";
import { teamsLine } from "../../../src/chat/teams/render/line.ts";
import { limits } from "../../../src/chat/teams/render/size-budget.ts";
import { readCard } from "../../support/teams-reading.ts";
import { answer, buttonContext, field, form, said } from "../slack/samples.ts";

/** What a button carries comes back from somebody else's machine: it is ours or it is nothing. */

const press: Press = { ...buttonContext, line: "pause HP-142", form: form() };

/** As it comes back: through JSON. */
const back = (data: object | null): unknown => JSON.parse(JSON.stringify(data));

/** What a dialog sends when it is submitted with these inputs. */
function submitted(
  card: unknown,
  values: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const { inputs, actions } = readCard(card);
  const filled = inputs.map(({ id, name, value }) => [id, values[name] ?? value]);
  return { ...(actions.at(-1)?.data as object), ...Object.fromEntries(filled) };
}

describe("a press", () => {
  test.each(["act", "form", "more", "open"] as const)("of kind %s comes back as it was", (kind) => {
    expect(readPress(back(pressData(kind, press)))).toEqual({ kind, press });
  });

  test("without a form or a version comes back too", () => {
    const bare = { ...press, version: null, escalation: "" as const, form: null };

    expect(readPress(back(pressData("act", bare)))?.press).toEqual(bare);
  });

  test("that is too long loses the reason filled in beforehand, then one in its line, never its command", () => {
    const long = { ...press, form: form({ reason: "r".repeat(5_000) }) };
    const said = { ...press, line: `pause HP-142 because ${"x".repeat(5_000)}` };
    const endless = { ...press, line: `pause ${"x".repeat(5_000)}` };

    const data = JSON.stringify(pressData("form", long));
    expect(data.length).toBeLessThanOrEqual(limits.buttonData);
    expect(readPress(JSON.parse(data))?.press).toMatchObject({ line: "pause HP-142" });
    expect(readPress(back(pressData("act", said)))?.press.line).toMatch(
      /^pause HP-142 because x+…$/,
    );
    expect(pressData("act", endless)).toBeNull();
  });

  test.each(["line", "direct"] as const)(
    "on a %s carries what it is for, and nothing of the row that it was sent with",
    (kind) => {
      const buttons = [
        { label: "Pause", command: "pause HP-142", style: "danger", form: null },
      ] as const;
      const row = { kind, person: "p_chidi", to: [], line: ["Decide."], buttons, ...buttonContext };

      const [action] = readCard(teamsLine(row, { people: new Map() }).card).actions;

      const pressed = { ...buttonContext, line: "pause HP-142", form: null };
      expect(readPress(back(action?.data as object))).toEqual({ kind: "act", press: pressed });
      expect(JSON.stringify(action?.data)).not.toContain("p_chidi");
    },
  );

  const good = {
    kind: "act",
    line: "ack",
    version: 1,
    escalation: "HP-1",
    channel: "c",
    form: null,
  };
  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a word", "pause"],
    ["a list", [good]],
    ["another's key", { other: good }],
    ["a kind that there is not", { holdpoint: { ...good, kind: "delete" } }],
    ["a kind of the prototype", { holdpoint: { ...good, kind: "constructor" } }],
    ["no line", { holdpoint: { ...good, line: "" } }],
    ["a line that is a list", { holdpoint: { ...good, line: ["ack"] } }],
    ["a version that is a word", { holdpoint: { ...good, version: "1" } }],
    ["a negative version", { holdpoint: { ...good, version: -1 } }],
    ["half a version", { holdpoint: { ...good, version: 1.5 } }],
    ["an endless version", { holdpoint: { ...good, version: 1e300 } }],
    ["another's escalation", { holdpoint: { ...good, escalation: "HP-01" } }],
    ["an escalation that is an object", { holdpoint: { ...good, escalation: {} } }],
    ["no channel", { holdpoint: { ...good, channel: null } }],
    ["a form that is a word", { holdpoint: { ...good, form: "Pause" } }],
    ["a form without a title", { holdpoint: { ...good, form: { reason: "", submit: "" } } }],
    [
      "a form whose reason is required by a word",
      { holdpoint: { ...good, form: { ...form(), reasonRequired: "yes" } } },
    ],
    ["what only a prototype has", { holdpoint: Object.create(good) as object }],
  ])("that is %s is none of ours", (_what, data) => {
    expect(readPress(data)).toBeNull();
    expect(readDialog(typeof data === "object" ? { ...data, submitted: true } : data)).toBeNull();
  });
});

describe("a dialog", () => {
  test("stands for its line and the reason that is filled in", () => {
    const { card } = formDialog(press);

    expect(readDialog(submitted(card))?.line).toBe(
      "pause HP-142 because Jailbreak classifier 8.2 % (limit 5 %)",
    );
    expect(readDialog(submitted(card, { because: " looks\n real " }))?.line).toBe(
      "pause HP-142 because looks real",
    );
    expect(readDialog(submitted(card, { because: "" }))?.line).toBe("pause HP-142");
  });

  test("keeps the order of its fields, and a reason in a clause's place is only a reason", () => {
    const fields = [
      field({ name: "what" }),
      field({ name: "to" }),
      field({ name: "reason", required: false }),
    ];
    const { card } = answerDialog(answer({ form: { command: "narrow", fields } }), said);
    const data = submitted(card, {
      reason: "x to full for 1000d",
      to: "no-tools",
      what: "assistant-prod",
    });
    const shuffled = Object.fromEntries(Object.entries(data).reverse());

    const line = "narrow assistant-prod to no-tools because x to full for 1000d";
    expect(readDialog(data)?.line).toBe(line);
    expect(readDialog(shuffled)?.line).toBe(line);
  });

  test("reads no input that is not a word, and none it does not have", () => {
    const data = submitted(formDialog(press).card);

    const read = readDialog({
      ...data,
      because: ["x"],
      line: "resume HP-142",
      "field:x:to": "full",
    });

    expect(read?.line).toBe("pause HP-142");
  });

  test("that was not submitted is none", () => {
    const { submitted: _gone, ...data } = submitted(formDialog(press).card);

    expect(readDialog(data)).toBeNull();
  });
});
