import { describe, expect, test } from "vitest";
import type { FormField, Reply } from "../../../src/app/ports.ts";
import type { Press } from "../../../src/chat/shared/button-payload.ts";
import { teamsAnswer } from "../../../src/chat/teams/render/answer.ts";
import { type TeamsMessage, teamsCard } from "../../../src/chat/teams/render/card.ts";
import {
  answerDialog,
  formDialog,
  moreDialog,
  type TaskInfo,
} from "../../../src/chat/teams/render/dialogs.ts";
import { teamsDigest } from "../../../src/chat/teams/render/digest.ts";
import { homeCard } from "../../../src/chat/teams/render/home.ts";
import { teamsLine } from "../../../src/chat/teams/render/line.ts";
import type { Button, Card, Line } from "../../../src/core/card/card.ts";
import type { People } from "../../../src/core/people/person.ts";
import { cardProblems, problemsOf } from "../../support/adaptive-card.ts";
import { accountFor } from "../../support/teams-server.ts";
import { now } from "../console/cards.ts";
import { flood, foreign, masked, payloads } from "../shared/hostile-text.ts";
import {
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
} from "../slack/samples.ts";

/**
 * Text that works against its readers × every field of everything Teams is sent: nothing of it is
 * live, nothing is over a limit.
 */

const people: People = new Map(
  [...team].map(([id, person]) => [id, { ...person, teams: accountFor(person.key).aad }]),
);
const named = (text: string): People =>
  new Map([...people].map(([id, person]) => [id, { ...person, name: text }]));

const message = ({ summary, card }: TeamsMessage): readonly string[] =>
  problemsOf({
    type: "message",
    summary,
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
  });
const dialog = ({ title, card }: TaskInfo): readonly string[] => [
  ...cardProblems(card),
  ...(title.trim() === "" || title.length > 60 ? [`title of ${title.length}`] : []),
];

const context = { people, channel, first: true, repeat: true };
const cardWith = (parts: Partial<Card>) => message(teamsCard({ ...open, ...parts }, context));
const lineWith = (line: Line, buttons: readonly Button[] = [], who = people) =>
  message(
    teamsLine(
      { ...buttonContext, line, to: [...people.keys()], buttons },
      { people: who, repeat: true },
    ),
  );
const answerWith = (parts: Partial<Reply>) => message(teamsAnswer(answer(parts), said));
const noticeWith = (parts: Partial<Reply>) => dialog(answerDialog(answer(parts), said));
const pressWith = (parts: Partial<Press>) =>
  dialog(formDialog({ ...buttonContext, line: "pause HP-142", form: form(), ...parts }));
const fieldWith = (parts: Partial<FormField>) =>
  noticeWith({ form: { command: "narrow", fields: [field(parts), field(parts)] } });
const moreWith = (parts: Partial<Card>) => dialog(moreDialog({ ...open, ...parts }, channel));
const homeWith = (parts: Parameters<typeof view>[0]) =>
  message(homeCard(view(parts), { channelOf, now, publicUrl }));
const digestWith = (title: Line, parts: Parameters<typeof due>[0]) =>
  message(teamsDigest({ title, items: [due(parts), due()] }, { channelOf, repeat: true }));

const fields: Readonly<Record<string, (text: string) => readonly string[]>> = {
  "card: title": (text) => cardWith({ title: ["🔴 ", foreign(text), " · HP-142"] }),
  "card: line": (text) => cardWith({ lines: [[foreign(text), " 8.2 % (limit 5 %)"]] }),
  "card: our own words": (text) => cardWith({ lines: [[text]] }),
  "card: name": (text) => cardWith({ lines: [["Decides: ", masked(text), " until 03:40"]] }),
  "card: who is mentioned": (text) => message(teamsCard(open, { ...context, people: named(text) })),
  "card: lock screen": (text) => cardWith({ lockScreen: `${text} HP-142` }),
  "card: button": (text) => cardWith({ buttons: [[button({ label: text })]] }),
  "card: at once": (text) => cardWith({ buttons: [[button({ label: text, form: null })]] }),
  "card: command": (text) => cardWith({ buttons: [[button({ command: `pause ${text}` })]] }),
  "card: form": (text) =>
    cardWith({ buttons: [[button({ form: form({ title: text, submit: text, reason: text }) })]] }),
  "card: everything": (text) => cardWith(flood(text)),
  "line: text": (text) => lineWith([foreign(text)]),
  "line: our own words": (text) => lineWith([text]),
  "line: name": (text) => lineWith([masked(text), " decides"]),
  "line: who is mentioned": (text) => lineWith(["Look"], [], named(text)),
  "line: button": (text) => lineWith(["Ask"], [button({ label: text, command: `who ${text}` })]),
  "digest: title": (text) => digestWith([foreign(text), ", 3 to look at"], {}),
  "digest: item": (text) => digestWith(["Erin, 3"], { line: [foreign(text), masked(text)] }),
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
    message(teamsAnswer(answer(), { ...buttonContext, line: text })),
  "form: title": (text) => pressWith({ form: form({ title: text }) }),
  "form: submit": (text) => pressWith({ form: form({ submit: text }) }),
  "form: reason": (text) => pressWith({ form: form({ reason: text }) }),
  "form: line": (text) => pressWith({ line: `pause ${text}`, form: null }),
  "fields: command": (text) => noticeWith({ form: { command: text, fields: [field()] } }),
  "fields: label": (text) => fieldWith({ label: text }),
  "fields: name": (text) => fieldWith({ name: text }),
  "fields: value": (text) => fieldWith({ value: text }),
  "fields: date": (text) => fieldWith({ kind: "date", value: text }),
  "fields: option": (text) =>
    fieldWith({ kind: "choice", options: [{ value: "full", label: text }] }),
  "fields: option value": (text) =>
    fieldWith({ kind: "choice", value: text, options: [{ value: text, label: "full" }] }),
  "dialog: title": (text) => dialog(answerDialog(answer(), { ...said, line: text })),
  "dialog: text": (text) => noticeWith({ text }),
  "dialog: line": (text) => noticeWith({ lines: [[foreign(text), masked(text)]] }),
  "more: heading": (text) => moreWith({ more: [{ heading: text, lines: [["a"]] }] }),
  "more: line": (text) => moreWith({ more: [{ heading: "Evidence", lines: [[foreign(text)]] }] }),
  "more: everything": (text) => moreWith(flood(text)),
  "home: title": (text) => homeWith({ others: [{ ...open, title: [foreign(text)] }] }),
  "home: due": (text) => homeWith({ due: [due({ line: [foreign(text), masked(text)] })] }),
  "home: posture": (text) =>
    homeWith({
      postures: view().postures.map((posture) => ({ ...posture, name: text, words: text })),
    }),
  "home: everything": (text) =>
    homeWith({
      mayDecide: Array.from({ length: 40 }, () => ({
        card: { ...open, ...flood(text) },
        named: true,
        confirms: false,
        until: now,
      })),
      due: Array.from({ length: 40 }, () => due({ line: [foreign(text)] })),
    }),
};

describe.each(Object.entries(fields))("%s", (_field, draw) => {
  test.each(Object.entries(payloads))("is only text: %s", (_payload, text) => {
    expect(draw(text)).toEqual([]);
  });
});
