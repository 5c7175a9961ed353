import { isUnsure } from "../../../core/card/not-recorded.ts";
import type { Press } from "../../shared/button-payload.ts";
import { at, textAt } from "../../shared/json-path.ts";
import { escalationIdIn, refusal, shortKey, titleOf } from "../../shared/request-helpers.ts";
import { toldBefore } from "../../shared/told-before.ts";
import * as common from "../../shared/words.ts";
import { slackAnswer } from "../render/answer.ts";
import type { SlackMessage } from "../render/card.ts";
import {
  formModal,
  type Modal,
  moreModal,
  noticeModal,
  readForm,
  type ViewValues,
} from "../render/modals.ts";
import * as words from "../render/words.ts";
import { actionIds, decodePress, viewIds } from "./button-payload.ts";
import { senderOfPayload } from "./envelope.ts";
import { answerModal, type InboundContext, type SaidInSlack } from "./inbound-context.ts";

/** Buttons and forms: each runs the command line that it stands for. */

/** Tells the person who pressed; `replace` replaces the message that only they see. */
export type Tell = (message: SlackMessage, replace: boolean) => Promise<void>;

/** Runs the command of a button. */
export async function onPress(context: InboundContext, body: unknown, tell: Tell): Promise<void> {
  const kind = textAt(body, "actions", 0, "action_id").replace(/:\d+$/, "");
  const press = decodePress(textAt(body, "actions", 0, "value"));
  if (press === null || !isOurs(kind))
    return tellAnywhere(context, { body, tell, text: words.oldButton });
  if (kind === actionIds.act) return act(context, { body, press, tell });
  if (kind === actionIds.open)
    return inView(context, { body, said: saidByPress(body, press), tell });
  // Opening a form changes nothing, so it is enough that the account belongs to us; submitting it
  // is checked again.
  const refused = await context.actors.outside(senderOfPayload(body));
  if (refused !== null) return tellAnywhere(context, { body, tell, text: refused });
  return context.tell("slack form", async () => {
    try {
      if (kind === actionIds.form) await showForm(context, body, press);
      else await openView(context, { body, title: press.line, fill: () => more(context, press) });
    } catch (fault) {
      const text = kind === actionIds.form ? words.noForm(press.line) : words.noMore(press.line);
      await tell(slackAnswer(refusal(text), press), isPrivate(body));
      throw fault;
    }
  });
}

const ours = Object.values(actionIds);
const isOurs = (kind: string): kind is (typeof ours)[number] =>
  ours.some((ourKind) => ourKind === kind);

async function showForm(context: InboundContext, body: unknown, press: Press): Promise<void> {
  const reader = context.actors.person(senderOfPayload(body))?.id ?? null;
  await showNow(context, body, formModal(press, await toldBefore(context.views, press, reader)));
}

/** Shows a view that needs nothing but the press, at once. */
async function showNow({ api }: InboundContext, body: unknown, view: Modal): Promise<void> {
  const id = openModal(body);
  if (id === "") await api.views.open({ trigger_id: textAt(body, "trigger_id"), view });
  else await api.views.update({ view_id: id, view });
}

/**
 * The modal in which the button was pressed; "" = none. An open modal is updated: a second one on
 * top would hide it.
 */
const openModal = (body: unknown): string =>
  textAt(body, "view", "type") === "modal" ? textAt(body, "view", "id") : "";

/** Opens the view at once and fills it when its contents have been read. */
async function openView(
  context: InboundContext,
  {
    body,
    title,
    fill,
  }: { readonly body: unknown; readonly title: string; readonly fill: () => Promise<Modal> },
): Promise<void> {
  const view = openModal(body);
  if (view !== "") return context.fill(view, fill);
  return context.open(textAt(body, "trigger_id"), title, fill);
}

async function more({ views }: InboundContext, { line, channel }: Press): Promise<Modal> {
  const id = escalationIdIn(line);
  const card = id === "" ? undefined : await views.card(id);
  if (card) return moreModal(card, channel);
  const buttonContext = { line, version: null, escalation: "", channel } as const;
  return noticeModal(common.product, refusal(words.noCard(line)), buttonContext);
}

async function act(
  context: InboundContext,
  { body, press, tell }: { readonly body: unknown; readonly press: Press; readonly tell: Tell },
): Promise<void> {
  const said = saidByPress(body, press);
  if (textAt(body, "view", "type") !== "") return inView(context, { body, said, tell });
  return tell(slackAnswer(await context.ask(said), said), isPrivate(body));
}

/**
 * Runs the command whether or not a view can be opened meanwhile; the result is shown there, else
 * told.
 */
async function inView(
  context: InboundContext,
  { body, said, tell }: { readonly body: unknown; readonly said: SaidInSlack; readonly tell: Tell },
): Promise<void> {
  const asked = context.ask(said);
  const showing = context.tell("slack view", async () => {
    try {
      await openView(context, {
        body,
        title: titleOf(said.line),
        fill: async () => answerModal(await asked, said),
      });
    } catch (fault) {
      await tell(slackAnswer(await asked, said), isPrivate(body));
      throw fault;
    }
  });
  await asked;
  await showing;
}

const isPrivate = (body: unknown): boolean => at(body, "container", "is_ephemeral") === true;

function saidByPress(body: unknown, press: Press): SaidInSlack {
  const sender = senderOfPayload(body);
  const { line, version, escalation, channel } = press;
  const message = `${textAt(body, "container", "channel_id")}:${textAt(body, "container", "message_ts")}`;
  const view = textAt(body, "view", "id");
  const place = view === "" ? message : `${view}:${textAt(body, "view", "hash")}`;
  const key = `slack:${sender.team}:${place}:${shortKey(line)}:${sender.user}:${version ?? ""}`;
  return { sender, line, key, version, escalation, channel };
}

async function tellAnywhere(
  context: InboundContext,
  { body, tell, text }: { readonly body: unknown; readonly tell: Tell; readonly text: string },
): Promise<void> {
  const buttonContext = { line: "", version: null, escalation: "", channel: "" } as const;
  if (textAt(body, "view", "type") === "")
    return tell(slackAnswer(refusal(text), buttonContext), isPrivate(body));
  const view = noticeModal(common.product, refusal(text), buttonContext);
  return context.tell("slack view", async () => {
    try {
      await showNow(context, body, view);
    } catch (fault) {
      await tell(slackAnswer(refusal(text), buttonContext), isPrivate(body));
      throw fault;
    }
  });
}

/** What replaces a submitted form: another view, or the form with an error at one of its fields. */
export type Submitted = { readonly view: Modal } | { readonly errors: Record<string, string> };

/** Runs the command of a submitted form. */
export async function onSubmission(context: InboundContext, body: unknown): Promise<Submitted> {
  const values = at(body, "view", "state", "values");
  const read = isForm(body)
    ? readForm(wellFormed(values), textAt(body, "view", "private_metadata"))
    : null;
  if (read === null) {
    const buttonContext = { line: "", version: null, escalation: "", channel: "" } as const;
    return { view: noticeModal(common.product, refusal(words.oldButton), buttonContext) };
  }
  const { version, escalation, channel } = read.press;
  // A view has no channel of its own: the channel is that of the card from which it was opened.
  const sender = { ...senderOfPayload(body), channel: await context.channelId(channel) };
  const key = `slack:${sender.team}:view:${textAt(body, "view", "id")}:${textAt(body, "view", "hash")}`;
  const said: SaidInSlack = { sender, line: read.line, key, version, escalation, channel };
  const answer = await context.ask(said);
  const form = isUnsure(answer) ? atField(body, answer.text) : null;
  return form ?? { view: answerModal(answer, said) };
}

/**
 * The form with an error at its first field. Nothing typed is lost, and it can be submitted again
 * with the same key.
 */
export function atField(body: unknown, text: string): Submitted | null {
  const [field] = Object.keys(wellFormed(at(body, "view", "state", "values")));
  return field === undefined ? null : { errors: { [field]: text } };
}

function isForm(body: unknown): boolean {
  const form = textAt(body, "view", "callback_id");
  return form === viewIds.form || form === viewIds.fields;
}

/** Reads only values that have the shape of a field. */
const wellFormed = (values: unknown): ViewValues =>
  Object.fromEntries(
    Object.keys(typeof values === "object" && values !== null ? values : {}).map((block) => [
      block,
      { value: valueIn(at(values, block, "value")) },
    ]),
  );

function valueIn(element: unknown): ViewValues[string][string] {
  const chosen = at(element, "selected_option", "value");
  return {
    value: textAt(element, "value"),
    selected_date: textAt(element, "selected_date") || null,
    selected_option: typeof chosen === "string" ? { value: chosen } : null,
  };
}
