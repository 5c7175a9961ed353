import type { People, Person } from "../../../core/people/person.ts";
import { trustFor } from "../../shared/identity-check-level.ts";
import { inTimeOrNull } from "../../shared/timeout.ts";
import type { Directory, TeamsAccount } from "../outbound/directory.ts";
import * as words from "../render/words.ts";
import { guid, type Sender, threadIn } from "./activity.ts";

export interface ActorParts {
  readonly directory: Directory;
  readonly people: () => People;
  /** The tenants whose people are accepted; empty = any, only for the local test client. */
  readonly tenants: readonly string[];
}

export interface Actors {
  /**
   * The sentence for whoever may not say this line here; null = they may. Whose account it is, the
   * command finds out.
   */
  refusal(sender: Sender, line: string): Promise<string | null>;
  /**
   * The refusal for an activity without an account or of another tenant, as far as the activity
   * shows it; null = neither.
   */
  foreign(sender: Sender): string | null;
  /**
   * The person of the policy; null = the policy does not name them, or they are not of one of our
   * tenants.
   */
  person(sender: Sender): Person | null;
}

export function createActors({ directory, people, tenants }: ActorParts): Actors {
  const isOurs = (tenant: string): boolean => tenants.length === 0 || tenants.includes(tenant);

  const foreign: Actors["foreign"] = ({ account, tenant }) => {
    if (account === "") return words.notMember.nobody;
    return isOurs(tenant) ? null : words.otherTenant;
  };

  const find = (account: string): Person | null =>
    [...people().values()].find(({ teams }) => teams !== null && guid(teams) === account) ?? null;

  /** Why what Teams says about the account refuses the command. */
  const doubt = async (sender: Sender, certain: boolean): Promise<string | null> => {
    const { channel } = threadIn(sender.conversation);
    const account = await inTimeOrNull(directory.account(sender.account, channel, sender.id));
    if (account === null) return certain ? words.teamsSilent : null;
    return refusalFor(account, isOurs);
  };

  return {
    foreign,
    person: (sender) => (foreign(sender) === null ? find(sender.account) : null),
    refusal: async (sender, line) => {
      const trust = trustFor(line);
      return foreign(sender) ?? (trust === "stop" ? null : doubt(sender, trust === "certain"));
    },
  };
}

function refusalFor(account: TeamsAccount, isOurs: (tenant: string) => boolean): string | null {
  if (account.is !== "member") return words.notMember[account.is];
  return account.tenant === "" || isOurs(account.tenant) ? null : words.otherTenant;
}
