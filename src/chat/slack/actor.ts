import type { WebClient } from "@slack/web-api";
import type { Clock } from "../../app/ports.ts";
import type { Actor, People, Person } from "../../core/people.ts";
import { inTime } from "../any/in-time.ts";
import { trustFor } from "../any/trust.ts";
import type { Account, Directory } from "./directory.ts";
import { createSharing } from "./sharing.ts";
import * as words from "./words.ts";

/** Who sent something, as the signed envelope says. Nothing a button or a form carries can say it. */
export interface Sender {
  readonly user: string;
  /** The workspace in which it was said. */
  readonly team: string;
  /** The workspaces that the envelope names beside that: in a shared channel somebody's own is another. */
  readonly teams: readonly (string | undefined)[];
  /** Slack's id of the channel it was said in; "" = none. */
  readonly channel: string;
  /** Whether the envelope itself says that the channel is shared with another organisation. */
  readonly shared: boolean;
}

/** Who that is here, or the sentence with which they are refused. */
export type WhoIs = { readonly actor: Actor } | { readonly refused: string };

export interface ActorParts {
  readonly api: WebClient;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly people: () => People;
  /** Whether channels shared with another organisation are as good as others. */
  readonly sharedChannels: boolean;
}

export interface Actors {
  whoIs(sender: Sender, line: string): Promise<WhoIs>;
  /** The sentence for nobody, or somebody of another workspace, as far as the envelope shows it; null = neither. */
  foreign(sender: Sender): string | null;
  /** The person of the policy; null = nobody it names, or not of this workspace. */
  person(sender: Sender): Person | null;
  /** Asks Slack who we are, so that the first stop need not. */
  learn(): Promise<void>;
  /** Our own account; "" = not known yet. */
  ourUser(): string;
}

export const createActors = (parts: ActorParts): Actors => {
  const { api, directory, people, sharedChannels } = parts;
  const isShared = createSharing(parts);
  let own: { readonly team: string; readonly user: string } | null = null;

  /** The first question, which a stop waits for: never a second one. */
  let learning: Promise<unknown> = Promise.resolve();

  const ask = async () => {
    const told = await inTime(api.auth.test());
    if (told?.team_id) own = { team: told.team_id, user: told.user_id ?? "" };
    return own;
  };

  const foreign: Actors["foreign"] = ({ user, team, teams }) => {
    if (!/^[UW][A-Z0-9]{2,30}$/.test(user)) return words.notMember.unknown;
    const ours = own?.team ?? team;
    const isOurs = (one: string | undefined) => one === undefined || one === "" || one === ours;
    return ours !== "" && team === ours && teams.every(isOurs) ? null : words.otherWorkspace;
  };

  const find = (user: string): Person | null =>
    [...people().values()].find(({ slack }) => slack === user) ?? null;

  const known = ({ user }: Sender): WhoIs => {
    const person = find(user);
    return { actor: person ? { type: "person", person: person.id } : { type: "stranger" } };
  };

  /** Why Slack's own word keeps somebody from saying it, here. */
  const doubt = async (sender: Sender, certain: boolean): Promise<string | null> => {
    const [ours, account, shared] = await Promise.all([
      own ?? ask(),
      inTime(directory.account(sender.user)),
      sharedChannels ? false : inTime(isShared(sender)),
    ]);
    if (certain && (ours === null || account === null || shared === null)) return words.slackSilent;
    if (shared) return words.sharedChannel;
    return account && refusalFor(account, ours?.team ?? sender.team);
  };

  return {
    foreign,
    person: (sender) => (foreign(sender) === null ? find(sender.user) : null),
    learn: async () => {
      learning = ask();
      await learning;
    },
    ourUser: () => own?.user ?? "",
    whoIs: async (sender, line) => {
      const trust = trustFor(line);
      if (trust === "stop") await learning;
      const because = trust === "stop" ? null : await doubt(sender, trust === "certain");
      // After Slack was asked, which may be how we know our own workspace.
      const refused = foreign(sender) ?? because;
      return refused === null ? known(sender) : { refused };
    },
  };
};

const refusalFor = (account: Account, ours: string): string | null => {
  if (account.is !== "member") return words.notMember[account.is];
  return account.team === ours ? null : words.otherWorkspace;
};
