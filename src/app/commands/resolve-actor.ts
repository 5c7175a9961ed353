import { linkBehind } from "../../core/people/login-links.ts";
import { holderOf } from "../../core/people/person.ts";
import type { OrgState } from "../../core/state/state.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type { Speaker } from "../ports.ts";
import type { ResolvedActor } from "./command.ts";

/**
 * Who speaks, once for each press. An account speaks for whoever has it by what is stored now: a
 * chat may not have heard yet of a link, or of its end, in another process. An account that was
 * linked in a session of a login link speaks as that session would.
 */
export function resolveActor(
  speaker: Speaker,
  { org, rules }: { readonly org: OrgState; readonly rules: PolicyCache },
): ResolvedActor {
  switch (speaker.is) {
    case "stranger":
      return { actor: { type: "stranger" }, account: null, link: null };
    case "reader":
      return { actor: { type: speaker.role }, account: null, link: null };
    case "person": {
      const { person, link } = speaker;
      return { actor: { type: "person", person }, account: null, link };
    }
    case "account": {
      const { account } = speaker;
      const named = rules.current()?.people ?? new Set();
      const person = holderOf(rules.people(), account, (holder) => named.has(holder));
      if (!person) return { actor: { type: "stranger" }, account, link: null };
      const link = linkBehind(org, person.id, account.chat);
      return { actor: { type: "person", person: person.id }, account, link };
    }
  }
}
