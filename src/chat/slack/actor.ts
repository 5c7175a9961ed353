import type { WebClient } from "@slack/web-api";
import type { Views } from "../../app/ports.ts";
import type { Actor, Person } from "../../core/people.ts";
import type { Account, Directory } from "./directory.ts";
import * as words from "./words.ts";

/** Who sent something, as the signed envelope says. Nothing a button or a form carries can say it. */
export interface Sender {
  readonly user: string;
  /** The workspace in which it was said. */
  readonly team: string;
  /** The workspaces that the envelope names beside that: in a shared channel somebody's own is another. */
  readonly teams: readonly (string | undefined)[];
}

/** Who that is here, or the sentence with which they are refused. */
export type WhoIs = { readonly actor: Actor } | { readonly refused: string };

export interface Actors {
  whoIs(sender: Sender, line: string): Promise<WhoIs>;
  /** The person of the policy; null = nobody it names, or not of this workspace. */
  person(sender: Sender): Promise<Person | null>;
}

/**
 * What makes things safer, or only asks, needs Slack's signature and the policy alone: a slow Slack must not stand in the way of a
 * stop. All else needs an account that Slack calls a member's within the last minute.
 */
const unguarded: ReadonlySet<string> = new Set([
  ...["ack", "narrow", "pause", "retest", "monitor", "raise", "reason", "reassess", "rehearse"],
  ...["status", "who", "decisions", "prove", "help"],
]);

const isGuarded = (line: string): boolean => {
  const [first = "", second = ""] = line.toLowerCase().replace(/^\//, "").split(/\s+/);
  return !unguarded.has(first === "breakglass" ? second : first);
};

/** How long somebody who pressed is kept waiting for Slack to say who they are. */
const patience = 1_000;

export const createActors = ({
  api,
  directory,
  views,
}: {
  readonly api: WebClient;
  readonly directory: Directory;
  readonly views: Pick<Views, "people">;
}): Actors => {
  let team: string | null = null;
  /** Our own workspace; null = Slack could not be asked. */
  const ourTeam = async (): Promise<string | null> => {
    team ??= (await inTime(api.auth.test()))?.team_id ?? null;
    return team;
  };

  const isOfOurs = ({ team: where, teams }: Sender, ours: string): boolean =>
    where === ours && teams.every((one) => one === undefined || one === "" || one === ours);

  const find = async ({ user }: Sender): Promise<Person | null> =>
    (await views.people()).find(({ slack }) => slack === user) ?? null;

  const refusalOf = async ({ user }: Sender, ours: string): Promise<WhoIs | null> => {
    const refused = refusalFor(await inTime(directory.account(user)), ours);
    return refused === null ? null : { refused };
  };

  return {
    person: async (sender) => (isOfOurs(sender, team ?? sender.team) ? await find(sender) : null),
    whoIs: async (sender, line) => {
      const guarded = isGuarded(line);
      const ours = guarded ? await ourTeam() : (team ?? sender.team);
      if (ours === null) return { refused: words.slackSilent };
      if (!isOfOurs(sender, ours)) return { refused: words.otherWorkspace };
      const person = await find(sender);
      if (person === null) return stranger;
      const known: WhoIs = { actor: { type: "person", person: person.id } };
      return guarded ? ((await refusalOf(sender, ours)) ?? known) : known;
    },
  };
};

const stranger: WhoIs = { actor: { type: "stranger" } };

const refusalFor = (account: Account | null, ours: string): string | null => {
  if (account === null) return words.slackSilent;
  if (account.is !== "member") return words.notMember[account.is];
  return account.team === ours ? null : words.otherWorkspace;
};

/** Null where Slack refused, failed or was too slow. */
const inTime = async <T>(asked: Promise<T>): Promise<T | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  const answer = await Promise.race([asked.catch(() => null), late]);
  clearTimeout(timer);
  return answer;
};
