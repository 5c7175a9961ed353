import { expect, test } from "vitest";
import type { ConversationRow } from "../../../src/app/ports.ts";
import { encodePress } from "../../../src/chat/slack/inbound/button-payload.ts";
import {
  idNamed,
  idNow,
  onRenumbered,
} from "../../../src/chat/slack/inbound/renumbered-accounts.ts";
import { openEndpoint, risk } from "./endpoint-world.ts";
import { form, said } from "./samples.ts";

/**
 * A channel that is shared, made private or moved in its organization has another id, and stays the
 * channel that the policy names.
 */

const event = (before: string, now: string) => ({
  type: "channel_id_changed",
  old_channel_id: before,
  new_channel_id: now,
});

function kept() {
  const rows = new Map<string, ConversationRow>();
  const store = {
    conversation: async (_chat: string, id: string) => rows.get(id),
    saveConversation: async (_chat: string, row: ConversationRow) => void rows.set(row.id, row),
  };
  const parts = { store, clock: { now: () => 0 }, report: () => "" };
  return {
    store,
    renumber: (before: string, now: string) => onRenumbered(parts, { event: event(before, now) }),
  };
}

test.each([
  ["once", [["C1", "C2"]], "C1", "C2"],
  [
    "twice",
    [
      ["C1", "C2"],
      ["C2", "C3"],
    ],
    "C1",
    "C3",
  ],
  [
    "there and back",
    [
      ["C1", "C2"],
      ["C2", "C1"],
    ],
    "C2",
    "C1",
  ],
  [
    "there, back and there",
    [
      ["C1", "C2"],
      ["C2", "C1"],
      ["C1", "C2"],
    ],
    "C1",
    "C2",
  ],
  ["to itself, which is nothing", [["C1", "C1"]], "C1", "C1"],
  ["to nothing, which is nothing", [["C1", ""]], "C1", "C1"],
])("renumbered %s, it is found from either end", async (_often, moves, before, now) => {
  const { store, renumber } = kept();
  for (const [from = "", to = ""] of moves) await renumber(from, to);

  expect(await idNow(store, before)).toBe(now);
  expect(await idNamed(store, now, (id) => id === before)).toBe(before);
  expect(await idNamed(store, now, (id) => id === "C9")).toBe("");
});

test("a circle that somebody wrote is left", async () => {
  const rows: Record<string, ConversationRow> = {
    C1: { id: "C1", reference: { now: "C2", was: "C2" }, at: 0 },
    C2: { id: "C2", reference: { now: "C1", was: "C1" }, at: 0 },
  };
  const store = { conversation: async (_chat: string, id: string) => rows[id] };

  expect(["C1", "C2"]).toContain(await idNow(store, "C1"));
  expect(await idNamed(store, "C1", () => false)).toBe("");
});

test("what is typed, mentioned and submitted there counts as said in the policy's channel", async () => {
  const endpoint = await openEndpoint();
  const now = "C0RISK0099";
  await endpoint.post({ event: endpoint.bodies.event(event(risk, now)) });

  const { form: fields } = endpoint.bodies.command("bob", "/ack");
  await endpoint.post({ form: { ...fields, channel_id: now } });
  const mention = { type: "app_mention", user: "U0BOB00001", channel: now, ts: "1.1" };
  await endpoint.post({ event: endpoint.bodies.event({ ...mention, text: "<@U0HOLDPOINT> ack" }) });
  const metadata = encodePress({ ...said, line: "keep HP-142", form: form() });
  const view = { id: "V1", callback_id: "hp:view:form", private_metadata: metadata };
  await endpoint.post({ payload: endpoint.bodies.submission("chidi", view, {}) });

  expect(endpoint.said.map(({ channel }) => channel)).toEqual([
    "model-risk",
    "model-risk",
    "model-risk",
  ]);
  const asked = endpoint.slack.calls.filter(({ method }) => method === "conversations.info");
  expect(asked.map(({ body }) => body.channel)).toEqual([now]);
});
