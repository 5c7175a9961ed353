import { lapse } from "../../core/decision/restrict.ts";
import type { EntryId, PersonId } from "../../core/ids.ts";
import { linkedByLink, linksOf, restsOn } from "../../core/people/login-links.ts";
import { deploymentOf } from "../../core/state/situation.ts";
import * as words from "../../core/words/account-changes.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { type CommandContext, type CommandResult, refused, told, type Write } from "./command.ts";
import { takeAway } from "./linking.ts";

/**
 * "That was not me": ends what the operator's login links opened under somebody's name, takes away
 * the accounts that were linked by it, and drops every resume that waits on it. What was stopped by
 * it stays stopped.
 */
export function disown(
  context: CommandContext,
  { person, asked }: { readonly person: PersonId; readonly asked: EntryId | null },
): Write {
  const all = [...context.policy.deployments.keys()];
  const end = (work: UnitOfWork): CommandResult => {
    const links = linksOf(work.org, person, asked);
    if (links.length === 0) return refused({ refused: "no-login-link" });
    const actor = { type: "person" as const, person };
    const body = {
      kind: "session.ended" as const,
      person,
      issued: links,
      because: "disowned" as const,
    };
    const linked = linkedByLink(work.org, person, links);
    work.add("org", [{ actor, body }]);
    for (const chat of linked) takeAway(work, person, chat);
    const resting = all.filter((id) => restsOn(work.state(id).proposal, links));
    const names = resting.map((id) => deploymentOf(work.situation(id))?.name ?? id);
    for (const id of resting)
      work.add(
        `deployment:${id}`,
        lapse(work.situation(id), "disowned").map((body) => ({ actor, body: body })),
      );
    return told(words.notMe(names, linked));
  };
  return { do: "write", deployments: all, isKept: true, work: end };
}
