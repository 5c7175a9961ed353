import type { App, RespondFn } from "@slack/bolt";
import { textAt } from "../any/reading.ts";
import { failedWords, nowhere, refusal } from "../any/said.ts";
import * as common from "../any/words.ts";
import { slackAnswer } from "./answer.ts";
import type { SlackMessage } from "./card.ts";
import { senderOfCommand, senderOfPayload } from "./envelope.ts";
import { onDirectMessage, onHome, onMention } from "./heard.ts";
import { noticeModal } from "./modals.ts";
import { atField, onPress, onSubmission, type Submitted, type Tell } from "./pressed.ts";
import { onRenumbered } from "./renumbered.ts";
import type { Room } from "./room.ts";
import { onCommand } from "./typed.ts";
import * as words from "./words.ts";

/**
 * Connects Slack's requests to what does them. Each is acknowledged after what it asked for is committed, and every one is acknowledged,
 * also those that nobody expects: Slack shows an error to whoever waits. Nobody waits for the App Home to be drawn anew.
 */
export const addListeners = (app: App, room: Room): void => {
  /** Does the work; a fault becomes a sentence with a reference. */
  const guarded = async <T>(
    what: string,
    work: () => Promise<T>,
    fallback: (text: string) => T,
  ) => {
    try {
      return await work();
    } catch (fault) {
      return fallback(failedWords(fault, room.report(fault, what), words.broken));
    }
  };

  app.command(/.*/, async ({ body, ack, respond }) => {
    const tell = telling(room, body, respond);
    const broken = (text: string): SlackMessage | null => slackAnswer(refusal(text), nowhere);
    const message = await guarded("slack command", () => onCommand(room, body, tell), broken);
    if (message === null) await ack();
    else await ack({ response_type: "ephemeral", text: message.text, blocks: [...message.blocks] });
    void room.drawHome(senderOfCommand(body));
  });

  app.action(/.*/, async ({ body, ack, respond }) => {
    const tell = telling(room, body, respond);
    await guarded(
      "slack press",
      () => onPress(room, body, tell),
      (text) => tell(slackAnswer(refusal(text), nowhere), false),
    );
    await ack();
    void room.drawHome(senderOfPayload(body));
  });

  app.view(/.*/, async ({ body, ack }) => {
    const broken = (text: string): Submitted =>
      atField(body, text) ?? { view: noticeModal(common.product, refusal(text), nowhere) };
    const shown = await guarded("slack form", () => onSubmission(room, body), broken);
    if ("view" in shown) await ack({ response_action: "update", view: shown.view });
    else await ack({ response_action: "errors", errors: shown.errors });
    void room.drawHome(senderOfPayload(body));
  });

  // Whatever throws here was not done: it becomes a 500, and Slack sends the event again.
  app.event("app_mention", ({ body }) => onMention(room, body));
  app.event("message", ({ body }) => onDirectMessage(room, body));
  app.event("app_home_opened", ({ body }) => onHome(room, body));
  app.event("channel_id_changed", ({ body }) => onRenumbered(room, body));
  app.event(/^(?:tokens_revoked|app_uninstalled)$/, async ({ event }) => {
    room.report(new Error(`Slack says ${event.type}: it asks nobody any more`), "slack");
  });
  app.error(async (fault) => {
    throw fault;
  });
};

/** Tells one person alone: where they pressed or typed, and directly where Slack gives no way to answer there (a modal, the home). */
const telling =
  (room: Room, body: unknown, respond: RespondFn): Tell =>
  ({ text, blocks }, replace) => {
    const how = { response_type: "ephemeral", replace_original: replace } as const;
    return room.tell("slack answer", () =>
      textAt(body, "response_url") === ""
        ? directly(room, textAt(body, "user", "id"), { text, blocks })
        : respond({ ...how, text, blocks: [...blocks] }),
    );
  };

const directly = async ({ api }: Room, user: string, message: SlackMessage): Promise<void> => {
  const { channel } = await api.conversations.open({ users: user });
  await api.chat.postMessage({
    ...{ channel: channel?.id ?? "", text: message.text, blocks: [...message.blocks] },
    ...{ parse: "none", link_names: false, unfurl_links: false, unfurl_media: false },
  });
};
