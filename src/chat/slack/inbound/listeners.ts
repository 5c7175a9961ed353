import type { App, RespondFn } from "@slack/bolt";
import { textAt } from "../../shared/json-path.ts";
import { failedWords, nowhere, refusal } from "../../shared/request-helpers.ts";
import * as common from "../../shared/words.ts";
import { slackAnswer } from "../render/answer.ts";
import type { SlackMessage } from "../render/card.ts";
import { noticeModal } from "../render/modals.ts";
import * as words from "../render/words.ts";
import { onCommand } from "./commands.ts";
import { senderOfCommand, senderOfPayload } from "./envelope.ts";
import { onDirectMessage, onHome, onMention } from "./events.ts";
import type { InboundContext } from "./inbound-context.ts";
import { atField, onPress, onSubmission, type Submitted, type Tell } from "./interactions.ts";
import { onRenumbered } from "./renumbered-accounts.ts";

/**
 * Connects Slack's requests to their handlers. Each is acknowledged after its effects are
 * committed, and unknown ones are acknowledged too, since Slack shows an error to a person who
 * waits. Nobody waits for a redrawn App Home.
 */
export function addListeners(app: App, context: InboundContext): void {
  /** Runs the work; a fault becomes a sentence with a reference, if somebody waits for one. */
  const guarded = async <T>(
    what: string,
    work: () => Promise<T>,
    fallback: (text: string) => T,
  ) => {
    try {
      return await work();
    } catch (fault) {
      return fallback(failedWords(fault, context.report(fault, what), words.broken));
    }
  };

  app.command(/.*/, async ({ body, ack, respond }) => {
    const tell = answererOf(context, body, respond);
    const broken = (text: string): SlackMessage | null => slackAnswer(refusal(text), nowhere);
    const message = await guarded("slack command", () => onCommand(context, body, tell), broken);
    if (message === null) await ack();
    else await ack({ response_type: "ephemeral", text: message.text, blocks: [...message.blocks] });
    void context.drawHome(senderOfCommand(body));
  });

  app.action(/.*/, async ({ body, ack, respond }) => {
    const tell = answererOf(context, body, respond);
    await guarded(
      "slack press",
      () => onPress(context, body, tell),
      (text) => tell(slackAnswer(refusal(text), nowhere), false),
    );
    await ack();
    void context.drawHome(senderOfPayload(body));
  });

  app.view(/.*/, async ({ body, ack }) => {
    const broken = (text: string): Submitted =>
      atField(body, text) ?? { view: noticeModal(common.product, refusal(text), nowhere) };
    const shown = await guarded("slack form", () => onSubmission(context, body), broken);
    if ("view" in shown) await ack({ response_action: "update", view: shown.view });
    else await ack({ response_action: "errors", errors: shown.errors });
    void context.drawHome(senderOfPayload(body));
  });

  // What throws here was not done. It becomes a 500, and Slack repeats the event.
  app.event("app_mention", ({ body }) => onMention(context, body));
  app.event("message", ({ body }) => onDirectMessage(context, body));
  app.event("app_home_opened", ({ body }) => onHome(context, body));
  app.event("channel_id_changed", ({ body }) => onRenumbered(context, body));
  app.event(/^(?:tokens_revoked|app_uninstalled)$/, async ({ event }) => {
    context.report(new Error(`Slack says ${event.type}: it asks nobody any more`), "slack");
  });
  app.error(async (fault) => {
    throw fault;
  });
}

/**
 * Tells only one person: where they pressed or typed, or directly where Slack gives no way to
 * answer there (a modal, the home).
 */
const answererOf =
  (context: InboundContext, body: unknown, respond: RespondFn): Tell =>
  ({ text, blocks }, replace) => {
    const how = { response_type: "ephemeral", replace_original: replace } as const;
    return context.tell("slack answer", () =>
      textAt(body, "response_url") === ""
        ? directly(context, textAt(body, "user", "id"), { text, blocks })
        : respond({ ...how, text, blocks: [...blocks] }),
    );
  };

async function directly(
  { api }: InboundContext,
  user: string,
  message: SlackMessage,
): Promise<void> {
  const { channel } = await api.conversations.open({ users: user });
  await api.chat.postMessage({
    channel: channel?.id ?? "",
    text: message.text,
    blocks: [...message.blocks],
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  });
}
