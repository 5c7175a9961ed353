import { Fault, type Inbound, type Reply, type Store, type Views } from "../../../app/ports.ts";
import type { Millis } from "../../../core/ids.ts";
import type { Policy } from "../../../core/policy/model.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import { failedWords, nowhere, refusal, titleOf } from "../../shared/request-helpers.ts";
import { inTimeOrNull } from "../../shared/timeout.ts";
import * as common from "../../shared/words.ts";
import { sendFaultOf } from "../outbound/api.ts";
import { answerBlocks } from "../render/answer.ts";
import { homeTabView } from "../render/home.ts";
import { fieldsModal, type Modal, noticeModal, skeleton } from "../render/modals.ts";
import * as words from "../render/words.ts";
import { type ActorParts, type Actors, createActors } from "./actor.ts";
import type { Sender } from "./envelope.ts";
import { idNamed, idNow } from "./renumbered-accounts.ts";

/** What the inbound side needs of the application. */
export interface InboundParts extends ActorParts {
  readonly inbound: Inbound;
  readonly views: Views;
  readonly store: Pick<Store, "messageAt" | "firstSight" | "conversation" | "saveConversation">;
  readonly channels: () => Policy["channels"];
  /** The policy's key of the channel a deployment belongs to. */
  readonly channelOf: (deployment: string) => string;
  readonly publicUrl: string;
  /** Logs a fault and answers the reference that a person may be shown. */
  readonly report: (fault: unknown, what: string) => string;
}

/** A command that was typed, pressed or submitted. */
export interface SaidInSlack extends ButtonContext {
  readonly sender: Sender;
  readonly line: string;
  /** The idempotency key. */
  readonly key: string;
}

/** What the request handlers share. */
export interface InboundContext extends InboundParts {
  readonly actors: Actors;
  /** Runs the command; what it changes is committed before the answer. */
  ask(said: SaidInSlack): Promise<Reply>;
  /**
   * Tells somebody what is already committed. It waits briefly, so that messages appear in order;
   * if Slack is slow, the answer is not delayed further. A failure takes nothing back and is logged
   * without the text.
   */
  tell(what: string, send: () => Promise<unknown>): Promise<void>;
  /**
   * Opens a view at once, since a trigger expires after 3 s, and fills it when its contents are
   * known.
   */
  open(trigger: string, title: string, fill: () => Promise<Modal>): Promise<void>;
  /** Fills a view that is already open. */
  fill(view: string, fill: () => Promise<Modal>): Promise<void>;
  /**
   * Redraws somebody's App Home. A failure is only logged: the home is redrawn when it is opened.
   */
  drawHome(sender: Sender): Promise<void>;
  /**
   * The policy's key of a Slack channel, also of one that has another id now; "" = none of the
   * policy's.
   */
  channelKey(id: string): Promise<string>;
  /** The current id of a channel of the policy; "" = it is not in Slack. */
  channelId(key: string): Promise<string>;
}

/** Less than what is left of Slack's 3 s when everything before was slow. */
const tellingTakes: Millis = 400;

export function createInboundContext(parts: InboundParts): InboundContext {
  const { api, views, inbound, clock, channels, channelOf, publicUrl, report, store } = parts;
  const actors = createActors(parts);

  const filled: InboundContext["fill"] = async (view, fill) => {
    let modal: Modal;
    try {
      modal = await fill();
    } catch (fault) {
      modal = brokenModal(failedWords(fault, report(fault, "slack view"), words.broken));
    }
    await api.views.update({ view_id: view, view: modal });
  };

  return {
    ...parts,
    actors,
    ask: async ({ sender, line, key, version, escalation, channel }) => {
      const refused = await actors.refusal(sender, line);
      if (refused !== null) return refusal(refused);
      return inbound.run({
        speaker: { is: "account", account: { chat: "slack", id: sender.user } },
        surface: "slack",
        line,
        key,
        version,
        channel: channel === "" ? null : channel,
        escalation: escalation === "" ? null : escalation,
        // Slash commands and mentions are answered with ephemeral messages, forms in views, and the
        // rest in their own conversation.
        private: true,
      });
    },
    open: async (trigger, title, fill) => {
      const opened = await api.views.open({ trigger_id: trigger, view: skeleton(title) });
      await filled(opened.view?.id ?? "", fill);
    },
    fill: filled,
    drawHome: async (sender) => {
      if (sender.user === "") return;
      try {
        if ((await actors.outside(sender)) !== null) return;
        // reads the people again: they may have linked this account a moment ago
        await views.people();
        const person = actors.person(sender);
        const shown = person === null ? null : await views.forPerson(person.id, "slack");
        const view = homeTabView(shown, { channelOf, now: clock.now(), publicUrl });
        await api.views.publish({ user_id: sender.user, view });
      } catch (fault) {
        report(sendFaultOf(fault), "slack home");
        if (fault instanceof Fault) await showAway(parts, sender);
      }
    },
    tell: async (what, send) => {
      const told = async () => {
        try {
          await send();
        } catch (fault) {
          report(new Error(sendFaultOf(fault).message), what);
        }
      };
      await inTimeOrNull(told(), tellingTakes);
    },
    channelId: async (key) => {
      const id = channels().get(key)?.slack;
      return id ? idNow(store, id) : "";
    },
    channelKey: async (id) => {
      const named = (name: string) => [...channels().values()].find(({ slack }) => slack === name);
      // A direct message (D…) is not a channel.
      const known = /^[CG]/.test(id)
        ? await idNamed(store, id, (name) => named(name) !== undefined)
        : id;
      return named(known)?.id ?? "";
    },
  };
}

/**
 * The inbound context while the database does not answer. The same endpoints lead to it; nothing is
 * recorded, and every answer says so. Forms still open, since they need nothing but the press.
 */
export function closedContext(context: InboundContext): InboundContext {
  return {
    ...context,
    ask: async ({ key, line }) => context.inbound.unasked(key, line),
    store: {
      messageAt: nothing,
      conversation: nothing,
      firstSight: async () => true,
      saveConversation: away,
    },
    views: { ...context.views, card: away },
    drawHome: (sender) => showAway(context, sender),
  };
}

const nothing = async (): Promise<undefined> => undefined;

async function away(): Promise<never> {
  throw new Fault("the database does not answer", "later");
}

/**
 * The home has nothing current to show then; it is redrawn when it is opened again. Nobody waits
 * for it, so a failure is only reported: a rejection would end the process.
 */
async function showAway({ api, inbound, report }: InboundParts, { user }: Sender): Promise<void> {
  const blocks = answerBlocks(inbound.unasked("", "status"), nowhere, {
    line: 600,
    press: 0,
    items: 1,
  });
  try {
    await api.views.publish({ user_id: user, view: { type: "home", blocks } });
  } catch (fault) {
    report(sendFaultOf(fault), "slack home");
  }
}

/** An answer in an open modal: the form that the command asks for, or its text. */
export function answerModal(answer: Reply, said: ButtonContext & { readonly line: string }): Modal {
  return answer.form === null
    ? noticeModal(titleOf(said.line), answer, said)
    : fieldsModal(answer.form, said);
}

const brokenModal = (text: string): Modal =>
  noticeModal(common.product, refusal(text), {
    line: "",
    version: null,
    escalation: "",
    channel: "",
  });
