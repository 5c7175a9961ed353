import type { WebClient } from "@slack/web-api";
import type { Clock } from "../../../app/ports.ts";
import type { People, Person } from "../../../core/people/person.ts";
import { type Trust, trustFor } from "../../shared/identity-check-level.ts";
import { inTimeOrNull } from "../../shared/timeout.ts";
import { refusalOf } from "../outbound/api.ts";
import type { Directory } from "../outbound/directory.ts";
import { createSharedChannels } from "../outbound/shared-channels.ts";
import * as words from "../render/words.ts";
import type { Sender } from "./envelope.ts";
import { type Because, type Ours, oursIn, type SlackAccount, whyNot } from "./membership.ts";

export interface ActorParts {
  readonly api: WebClient;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly people: () => People;
  /** Whether channels shared with another organization are treated as any other. */
  readonly sharedChannels: boolean;
}

export interface Actors {
  /**
   * The sentence for whoever may not say this line here; null = they may. Whose account it is, the
   * command finds out.
   */
  refusal(sender: Sender, line: string): Promise<string | null>;
  /**
   * The refusal for an unknown account or one of another organization; null = neither. Asks Slack
   * where the envelope names another workspace.
   */
  outside(sender: Sender): Promise<string | null>;
  /**
   * The person of the policy who has the account; null = the policy names nobody with it. Whether
   * the account belongs to our organization is checked before.
   */
  person(sender: Sender): Person | null;
  /** Asks Slack which workspace we belong to, so that the first stop need not wait for it. */
  learn(): Promise<void>;
  /** Our own account; "" = not known yet. */
  ourUser(): string;
}

export function createActors(parts: ActorParts): Actors {
  const { directory, people } = parts;
  const reads = createReads(parts);
  const ourselves = createOurselves(parts.api);

  /** A stop needs no question to Slack: the envelope, or an earlier answer of Slack, is enough. */
  const isKnownAsOurs = (sender: Sender): boolean => {
    const own = ourselves.known();
    if (isPlain(sender, own)) return true;
    const before = directory.last(sender.user);
    return own !== null && before !== undefined && outsideOnly(whyNot(before, own, true)) === null;
  };

  /** Why somebody may not say it here; null = nothing speaks against it. */
  const refusalFor = async (sender: Sender, trust: Trust): Promise<string | null> => {
    if (!/^[UW][A-Z0-9]{2,30}$/.test(sender.user)) return words.notMember.unknown;
    if (trust === "stop") await ourselves.learned();
    if (trust === "stop" && isKnownAsOurs(sender)) return null;
    const [ours, account, read] = await Promise.all([
      ourselves.ask(),
      inTimeOrNull(directory.account(sender.user)),
      trust === "stop" ? ("ours" as const) : reads(sender),
    ]);
    return judged({ sender, trust, ours, account, read });
  };

  return {
    refusal: (sender, line) => refusalFor(sender, trustFor(line)),
    outside: (sender) => refusalFor(sender, "stop"),
    person: ({ user }) => [...people().values()].find(({ slack }) => slack === user) ?? null,
    learn: ourselves.learn,
    ourUser: () => ourselves.known()?.user ?? "",
  };
}

type Ourselves = Ours & { readonly user: string };

/** Where we are installed: asked once, and again until Slack answers. */
function createOurselves(api: WebClient) {
  let own: Ourselves | null = null;
  /** The first question, which a stop waits for; it does not wait for a second one. */
  let learning: Promise<unknown> = Promise.resolve();
  const ask = async (): Promise<Ourselves | null> => {
    const told = own === null ? await inTimeOrNull(api.auth.test()) : null;
    const ours = told && oursIn(told);
    if (ours) own = { ...ours, user: told.user_id ?? "" };
    return own;
  };
  return {
    known: () => own,
    ask,
    learned: () => learning,
    learn: async () => {
      learning = ask();
      await learning;
    },
  };
}

/**
 * Whether the envelope names no workspace but ours; before we know ours, whether it names one
 * alone.
 */
function isPlain({ team, teams }: Sender, own: Ours | null): boolean {
  const ours = own ? own.team : team;
  return ours !== "" && team === ours && teams.every((team) => !team || team === ours);
}

/** What Slack was asked, and its answer; null = none in time. */
interface ActorLookup {
  readonly sender: Sender;
  readonly trust: Trust;
  readonly ours: Ourselves | null;
  readonly account: SlackAccount | null;
  readonly read: Read | null;
}

/**
 * A missing answer of Slack counts against a widening, and against a sender who seems to belong
 * elsewhere.
 */
function judged(told: ActorLookup): string | null {
  const { trust, ours, account, read } = told;
  const isSilent = ours === null || account === null || read === null;
  if (trust === "certain" && isSilent) return words.slackSilent;
  if (read === "others") return words.sharedChannel;
  return trust === "certain" && read === "hidden" ? words.hiddenConversation : ofWhom(told);
}

/** Why the account itself is refused. */
function ofWhom({ sender, trust, ours, account }: ActorLookup): string | null {
  const plain = isPlain(sender, ours);
  if (account === null) return plain ? null : words.homeSilent;
  const here = ours ?? (plain ? { team: sender.team, enterprise: "" } : null);
  if (here === null) return words.homeSilent;
  const because = whyNot(account, here, !plain);
  return inWords(trust === "stop" ? outsideOnly(because) : because);
}

/** The only reason that refuses a stop: the account is not of our organization. */
const outsideOnly = (because: Because | null): Because | null =>
  because === "elsewhere" || because === "unsaid" || because === "unknown" ? because : null;

function inWords(because: Because | null): string | null {
  if (because === null) return null;
  if (because === "elsewhere") return words.otherWorkspace;
  return because === "unsaid" ? words.homeUnsaid : words.notMember[because];
}

/**
 * Slack's error codes for a conversation that it does not show us: asking again gives the same
 * answer.
 */
const notShown: ReadonlySet<string> = new Set([
  "channel_not_found",
  "missing_scope",
  "not_in_channel",
  "no_permission",
  "method_not_supported_for_channel_type",
]);

/** Who can read a conversation: only our own people, or others too. */
type Read = "ours" | "others" | "hidden";

/** Asks Slack who can read a conversation; null = no answer in time. */
function createReads(parts: ActorParts) {
  const isShared = createSharedChannels(parts);
  const ask = async (sender: Sender): Promise<Read> => {
    try {
      return (await isShared(sender)) ? "others" : "ours";
    } catch (error) {
      if (notShown.has(refusalOf(error) ?? "")) return "hidden";
      throw error;
    }
  };
  return async (sender: Sender): Promise<Read | null> =>
    parts.sharedChannels ? "ours" : inTimeOrNull(ask(sender));
}
