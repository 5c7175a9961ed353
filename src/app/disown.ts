import type { EntryId, PersonId } from "../core/ids.ts";
import { linkedByLink, linksOf, restsOn } from "../core/login-links.ts";
import { lapse } from "../core/restrict.ts";
import { deploymentOf } from "../core/situation.ts";
import * as words from "../core/words-who.ts";
import { type Reply, type Room, refused, type Said, told } from "./command.ts";
import { takeAway } from "./linking.ts";

/**
 * "That was not me": ends what the operator's login links opened under somebody's name, takes away the accounts that were linked by
 * it, and drops every resume that waits on it. What was stopped by it stays stopped.
 */
export const disown = async (
  room: Room,
  said: Said,
  person: PersonId,
  asked: EntryId | null,
): Promise<Reply> => {
  const { org } = await room.look([]);
  const all = [...room.rules.policy(org.policy).deployments.keys()];
  return room.write(said, all, (desk) => {
    const links = linksOf(desk.org, person, asked);
    if (links.length === 0) return refused({ refused: "no-login-link" });
    const actor = { type: "person" as const, person };
    const body = {
      kind: "session.ended" as const,
      person,
      issued: links,
      because: "disowned" as const,
    };
    const linked = linkedByLink(desk.org, person, links);
    desk.add("org", [{ actor, body }]);
    for (const chat of linked) takeAway(desk, person, chat);
    const resting = all.filter((id) => restsOn(desk.state(id).proposal, links));
    const names = resting.map((id) => deploymentOf(desk.situation(id))?.name ?? id);
    for (const id of resting)
      desk.add(
        `deployment:${id}`,
        lapse(desk.situation(id), "disowned").map((one) => ({ actor, body: one })),
      );
    return told(words.notMe(names, linked));
  });
};
