import { describe, expect, test } from "vitest";
import type { FormField, Reply } from "../../../src/app/ports.ts";
import type { Press } from "../../../src/chat/shared/button-payload.ts";
import { slackAnswer } from "../../../src/chat/slack/render/answer.ts";
import { plainCard, slackCard } from "../../../src/chat/slack/render/card.ts";
import { slackDigest } from "../../../src/chat/slack/render/digest.ts";
import { homeTabView } from "../../../src/chat/slack/render/home.ts";
import { slackLine } from "../../../src/chat/slack/render/line.ts";
import {
  fieldsModal,
  formModal,
  moreModal,
  noticeModal,
  skeleton,
} from "../../../src/chat/slack/render/modals.ts";
import type { Button, Card, Line } from "../../../src/core/card/card.ts";
import { type PayloadKind, problemsOf, walk } from "../../support/block-kit.ts";
import { now } from "../console/cards.ts";
import { flood, foreign, masked, payloads } from "../shared/hostile-text.ts";
import {
  accounts,
  answer,
  button,
  buttonContext,
  channel,
  channelOf,
  due,
  field,
  form,
  open,
  publicUrl,
  said,
  team,
  view,
} from "./samples.ts";

/**
 * Text that works against its readers × every field of everything Slack is sent: nothing of it is
 * live, nothing is over a limit.
 */

interface Drawn {
  readonly kind: PayloadKind;
  readonly payload: unknown;
}

const message = (payload: unknown): Drawn => ({ kind: "message", payload });
const modal = (payload: unknown): Drawn => ({ kind: "modal", payload });

const cardWith = (parts: Partial<Card>): Drawn =>
  message(slackCard({ ...open, ...parts }, { people: team, channel, first: true }));
const plainWith = (parts: Partial<Card>): Drawn => message(plainCard({ ...open, ...parts }));
const lineWith = (line: Line, buttons: readonly Button[] = []): Drawn =>
  message(slackLine({ ...buttonContext, line, to: [...team.keys()], buttons }, team));
const answerWith = (parts: Partial<Reply>): Drawn => message(slackAnswer(answer(parts), said));
const pressWith = (parts: Partial<Press>): Drawn =>
  modal(formModal({ ...buttonContext, line: "pause HP-142", form: form(), ...parts }));
const fieldWith = (parts: Partial<FormField>): Drawn =>
  modal(fieldsModal({ command: "narrow", fields: [field(parts), field(parts)] }, buttonContext));
const noticeWith = (title: string, parts: Partial<Reply>): Drawn =>
  modal(noticeModal(title, answer(parts), said));
const moreWith = (parts: Partial<Card>): Drawn => modal(moreModal({ ...open, ...parts }, channel));
const homeWith = (parts: Parameters<typeof view>[0]): Drawn => ({
  kind: "home",
  payload: homeTabView(view(parts), { channelOf, now, publicUrl }),
});
const digestWith = (title: Line, parts: Parameters<typeof due>[0]): Drawn =>
  message(slackDigest({ title, items: [due(parts), due()] }, team, channelOf));

const fields: Readonly<Record<string, (text: string) => Drawn>> = {
  "card: title": (text) => cardWith({ title: ["🔴 ", foreign(text), " · HP-142"] }),
  "card: line": (text) => cardWith({ lines: [[foreign(text), " 8.2 % (limit 5 %)"]] }),
  "card: reason": (text) => cardWith({ lines: [["“", foreign(text), "”"]] }),
  "card: our own words": (text) => cardWith({ lines: [[text]] }),
  "card: name": (text) => cardWith({ lines: [["Decides: ", masked(text), " until 03:40"]] }),
  "card: lock screen": (text) => cardWith({ lockScreen: `${text} HP-142` }),
  "card: button": (text) => cardWith({ buttons: [[button({ label: text })]] }),
  "card: command": (text) => cardWith({ buttons: [[button({ command: `pause ${text}` })]] }),
  "card: form title": (text) => cardWith({ buttons: [[button({ form: form({ title: text }) })]] }),
  "card: form reason": (text) =>
    cardWith({ buttons: [[button({ form: form({ reason: text }) })]] }),
  "card: form submit": (text) =>
    cardWith({ buttons: [[button({ form: form({ submit: text }) })]] }),
  "card: everything": (text) => cardWith(flood(text)),
  "plain card: title": (text) => plainWith({ title: [foreign(text)] }),
  "plain card: line": (text) => plainWith({ lines: [[foreign(text)], [foreign(text)]] }),
  "plain card: name": (text) => plainWith({ lines: [[masked(text)]] }),
  "plain card: lock screen": (text) => plainWith({ lockScreen: text }),
  "plain card: everything": (text) => plainWith(flood(text)),
  "line: text": (text) => lineWith([foreign(text)]),
  "line: our own words": (text) => lineWith([text]),
  "line: name": (text) => lineWith([masked(text), " decides"]),
  "line: button": (text) => lineWith(["Ask"], [button({ label: text, command: `who ${text}` })]),
  "digest: title": (text) => digestWith([foreign(text), ", 3 to look at"], {}),
  "digest: item": (text) => digestWith(["Erin, 3"], { line: [foreign(text)] }),
  "digest: name": (text) => digestWith(["Erin, 3"], { name: text, line: [masked(text)] }),
  "digest: button": (text) =>
    digestWith(["Erin, 3"], { buttons: [button({ label: text, command: `keep ${text}` })] }),
  "answer: text": (text) => answerWith({ text }),
  "answer: line": (text) => answerWith({ lines: [[foreign(text)], [masked(text)]] }),
  "answer: 500 lines": (text) =>
    answerWith({ lines: Array.from({ length: 500 }, (): Line => [foreign(text)]) }),
  "answer: choice": (text) =>
    answerWith({ choices: [button({ label: text, command: `pause ${text}` })] }),
  "answer: next page": (text) => answerWith({ next: `decisions ${text}` }),
  "answer: file": (text) => answerWith({ file: { name: text, text } }),
  "answer: form": (text) => answerWith({ form: { command: `narrow ${text}`, fields: [] } }),
  "answer: what was said": (text) =>
    message(slackAnswer(answer(), { ...buttonContext, line: text })),
  "skeleton: title": (text) => modal(skeleton(text)),
  "form: title": (text) => pressWith({ form: form({ title: text }) }),
  "form: submit": (text) => pressWith({ form: form({ submit: text }) }),
  "form: reason": (text) => pressWith({ form: form({ reason: text }) }),
  "form: line": (text) => pressWith({ line: `pause ${text}`, form: null }),
  "fields: command": (text) =>
    modal(fieldsModal({ command: text, fields: [field()] }, buttonContext)),
  "fields: label": (text) => fieldWith({ label: text }),
  "fields: name": (text) => fieldWith({ name: text }),
  "fields: value": (text) => fieldWith({ value: text }),
  "fields: date": (text) => fieldWith({ kind: "date", value: text }),
  "fields: option": (text) =>
    fieldWith({ kind: "choice", options: [{ value: "full", label: text }] }),
  "fields: option value": (text) =>
    fieldWith({ kind: "choice", value: text, options: [{ value: text, label: "full" }] }),
  "notice: title": (text) => noticeWith(text, {}),
  "notice: text": (text) => noticeWith("Answer", { text }),
  "notice: line": (text) => noticeWith("Answer", { lines: [[foreign(text), masked(text)]] }),
  "notice: choice": (text) =>
    noticeWith("Answer", { choices: [button({ label: text, form: form({ submit: text }) })] }),
  "more: heading": (text) => moreWith({ more: [{ heading: text, lines: [["a"]] }] }),
  "more: line": (text) => moreWith({ more: [{ heading: "Evidence", lines: [[foreign(text)]] }] }),
  "more: title": (text) => moreWith({ title: [foreign(text)] }),
  "more: everything": (text) => moreWith(flood(text)),
  "home: title": (text) => homeWith({ others: [{ ...open, title: [foreign(text)] }] }),
  "home: line": (text) => homeWith({ others: [{ ...open, lines: [[foreign(text)]] }] }),
  "home: due": (text) => homeWith({ due: [due({ line: [foreign(text), masked(text)] })] }),
  "home: posture": (text) =>
    homeWith({
      postures: view().postures.map((posture) => ({ ...posture, name: text, words: text })),
    }),
  "home: button": (text) =>
    homeWith({ due: [due({ buttons: [button({ label: text, command: `keep ${text}` })] })] }),
  "home: everything": (text) =>
    homeWith({
      mayDecide: Array.from({ length: 40 }, () => ({
        card: { ...open, ...flood(text) },
        named: true,
        confirms: false,
        until: now,
      })),
      others: Array.from({ length: 40 }, () => ({ ...open, ...flood(text) })),
    }),
};

const cases = Object.entries(fields).flatMap(([name, draw]) =>
  Object.entries(payloads).map(([kind, text]) => [`${kind} in ${name}`, draw, text] as const),
);

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2028\u2029]/u;
const withoutOurs = (text: string): string => text.replace(/[\uFE0E\uFE0F]/g, "");

/** What Slack would do with a message's `text` besides showing it. */
const parsedIn = (text: string): string[] => [
  ...(text.match(/[<>]/g) ?? []),
  ...(text.match(/&(?!amp;|lt;|gt;)/g) ?? []),
  ...(text.match(/[*`~]/g) ?? []),
  ...(text.match(/:[^\s:]+:/g) ?? []),
  ...(text.match(/^\s*&gt;/gm) ?? []),
  ...(withoutOurs(text.replaceAll("\n", "")).match(unseen) ?? []),
];

const allowed = new Set([
  "rich_text",
  "rich_text_section",
  "rich_text_preformatted",
  "text",
  "user",
  "link",
  "plain_text",
  "actions",
  "button",
  "context",
  "header",
  "divider",
  "input",
  "plain_text_input",
  "static_select",
  "datepicker",
  "modal",
  "home",
]);

/**
 * Whether an object of a payload is more than text to look at. Only our own trusted parts may ask
 * for a mention or a link.
 */
function livelyAs(fields: Readonly<Record<string, unknown>>, shown: string): string[] {
  const { type, emoji, user_id: user, url } = fields;
  const claims: Readonly<Record<string, boolean>> = {
    "is of a type we do not use": typeof type === "string" && !allowed.has(type),
    "has emoji": type === "plain_text" && emoji !== false,
    "mentions a stranger": type === "user" && !trustedAccounts.has(String(user)),
    "links elsewhere": url !== undefined && (type !== "link" || url !== publicUrl),
    "hides something": unseen.test(withoutOurs(shown)),
  };
  return Object.keys(claims).filter((claim) => claims[claim]);
}

const trustedAccounts = new Set(accounts.values());

const liveIn = ({ payload }: Drawn): string[] =>
  [...walk(payload)].flatMap(([at, fields]) => {
    // Lines of our own making stand in a message's text and in a file's, and breaks between lines
    // by themselves.
    const mayBreak =
      at === "" ||
      fields["text"] === "\n" ||
      (fields["type"] === "text" && at.includes("/elements/0/elements/0"));
    const { text, initial_value: initial } = fields;
    const shown = [text, initial].filter((item) => typeof item === "string").join("");
    const lines = mayBreak ? shown.replaceAll("\n", "") : shown;
    return livelyAs(fields, lines).map((claim) => `${at} ${claim}`);
  });

describe("text that is not ours", () => {
  test("is tried in at least 400 ways", () => {
    expect(cases.length).toBeGreaterThan(400);
  });

  test.each(cases)("is only text: %s", (_, draw, text) => {
    const drawn = draw(text);

    expect(problemsOf(drawn.payload, drawn.kind)).toEqual([]);
    expect(liveIn(drawn)).toEqual([]);
    if (drawn.kind === "message") {
      expect(parsedIn(String(Object(drawn.payload).text))).toEqual([]);
    }
  });
});
