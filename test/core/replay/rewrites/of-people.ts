import { handOver } from "../../../core/log/rotations.ts";
import { key, testKey } from "../../../core/log/support.ts";
import type { Line } from "../../../support/histories.ts";
import {
  at,
  by,
  person,
  type Rewrite,
  repeated,
  set,
  without,
} from "../../../support/rewriting.ts";

const signIn = { account: "oidc", issuer: "https://issuer.example" };

/** Who acknowledged, decided, was away or signed in. */
export const ofPeople: readonly Rewrite[] = [
  {
    name: "a restore that somebody else than the operator recorded",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: (lines) => {
      const index = at(lines, "decision.made");
      const { decision: _, deployment: __, ...rest } = lines[index] ?? {};
      const restored = { kind: "log.restored", subject: "org", size: 9, root: "0".repeat(64) };
      lines.splice(index, 0, {
        ...rest,
        ...restored,
        id: "e_restored",
        reason: `c_${"0".repeat(64)}`,
      });
      return index;
    },
    says: /never made by a person/,
  },
  {
    name: "a key that somebody else than the operator replaced",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: (lines) => {
      const index = lines.length;
      const { decision: _, deployment: __, ...rest } = lines[index - 1] ?? {};
      const handedOver = handOver({ from: key, to: testKey(key.origin, 2) });
      const reason = `c_${"0".repeat(64)}`;
      lines.push({ ...rest, ...handedOver, subject: "org", id: "e_key", reason });
      return index;
    },
    says: /never made by a person/,
  },
  {
    name: "a pause by somebody without the right",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", by("frank")),
    says: /p_frank decided to pause by restrict\.decider, which they did not hold/,
  },
  {
    name: "a pause in another's name",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", { people: ["p_erin"] }),
    says: /made by p_chidi in the name of p_erin/,
  },
  {
    name: "a pause by another rule than it was",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", { authority: "restrict.deputy" }),
    says: /by restrict\.deputy, which they did not hold/,
  },
  {
    name: "a pause by a gateway",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", { actor: { type: "gateway" } }),
    says: /never made by a gateway/,
  },
  {
    name: "a pause by the operator",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("decision.made", { actor: { type: "operator" } }),
    says: /never made by the operator/,
  },
  {
    name: "a pause by a person whom no policy named",
    of: "resumed",
    is: "INCONSISTENT",
    change: set("decision.made", by("zoe")),
    says: /p_zoe, who made it, was not named by any policy/,
  },
  {
    name: "an acknowledgement by a stranger to it",
    of: "resumed",
    is: "UNAUTHORIZED",
    change: set("escalation.acknowledged", { actor: person("frank") }),
    says: /p_frank acknowledged HP-1 without the right/,
  },
  {
    name: "an acknowledgement twice",
    of: "resumed",
    is: "INCONSISTENT",
    change: repeated("escalation.acknowledged"),
    says: /had acknowledged HP-1 already/,
  },
  {
    name: "a refusal of somebody who had the right",
    of: "resumed",
    is: "INCONSISTENT",
    change: (lines) => {
      const index = at(lines, "decision.made");
      const { actor, at: time, policy, subject } = lines[index] ?? {};
      const same = { v: 1, origin: lines[index]?.["origin"], actor, at: time, policy, subject };
      const said = { deployment: "assistant-prod", asked: "pause", because: "not-authorized" };
      const denied = {
        id: "e_denied",
        kind: "decision.denied",
        escalation: "HP-1",
        surface: "slack",
      };
      lines.splice(index, 0, { ...same, ...said, ...denied });
      return index;
    },
    says: /p_chidi may not pause, who had the right to/,
  },
  {
    name: "a keep by who may only restrict",
    of: "breakGlass",
    is: "UNAUTHORIZED",
    change: set("decision.made", by("bob"), 2),
    says: /p_bob decided to keep/,
  },
  {
    name: "an absence by who may not say it",
    of: "away",
    is: "UNAUTHORIZED",
    change: set("person.away", { actor: person("frank") }),
    says: /p_frank marked p_chidi as away/,
  },
  {
    name: "a login link used for another person",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: set("session.used", { actor: person("erin"), person: "p_erin" }),
    says: /no login link made for them/,
  },
  {
    name: "a login link made by a person",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: set("session.issued", { actor: person("dana") }),
    says: /makes a login link for p_chidi, and not they themselves in a chat/,
  },
  {
    name: "a login link that says that its person made it, outside of any chat",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: set("session.issued", { actor: person("chidi") }),
    says: /makes a login link for p_chidi, and not they themselves in a chat/,
  },
  {
    name: "a sign-in by an account that is on record as nobody's",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: set("session.issued", { actor: person("chidi"), signIn }),
    says: /signs p_chidi in by an account \(oidc\) that the record does not know as theirs/,
  },
  {
    name: "a sign-in that another person makes",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: set("session.issued", { actor: person("dana"), signIn }),
    says: /signs p_chidi in, and not they themselves on the console/,
  },
  {
    name: "a login link made for another, after the fact",
    of: "byLink",
    is: "UNAUTHORIZED",
    change: (lines) => {
      set("session.issued", { person: "p_erin" })(lines);
      return at(lines, "session.used");
    },
    says: /no login link made for them/,
  },
  {
    name: "a request by login link that hides it",
    of: "byLink",
    is: "INCONSISTENT",
    change: (lines) => {
      without("decision.proposed", "link")(lines);
      return at(lines, "decision.made", 1);
    },
    says: /names p_chidi as signed in by a login link; .* nobody/,
  },
  {
    name: "a resume that does not say who was signed in by a link",
    of: "byLink",
    is: "INCONSISTENT",
    change: without("decision.made", "byLink", 1),
    says: /names nobody as signed in by a login link/,
  },
  {
    name: "an account that was another before",
    of: "rebound",
    is: "INCONSISTENT",
    change: set("identity.changed", (line) => ({
      changes: (line["changes"] as Line[]).map((item) => ({ ...item, before: "c_other" })),
    })),
    says: /the slack of p_chidi that it says was theirs is not the one on the record/,
  },
  {
    name: "a new account that is not said to be new",
    of: "rebound",
    is: "INCONSISTENT",
    change: without("identity.changed", "rebind"),
    says: /the account of p_chidi is new/,
  },
  {
    name: "an account recorded a second time, as if it were the first",
    of: "rebound",
    is: "INCONSISTENT",
    change: repeated("identity.bound"),
    says: /records another slack of p_chidi as if none had been recorded/,
  },
  {
    name: "a resume of people whose accounts are all new",
    of: "rebound",
    is: "UNAUTHORIZED",
    change: (lines) => {
      const index = at(lines, "identity.changed");
      const { bound } = lines[at(lines, "identity.bound")] ?? {};
      const [, , frank = {}] = bound as Line[];
      const [part] = frank["parts"] as Line[];
      const changes = [{ of: "slack", before: part?.["value"], after: "c_new" }];
      const changed = { ...lines[index], id: "e_new", person: "p_frank", changes };
      lines.splice(index, 0, changed);
      return at(lines, "decision.made", 1);
    },
    says: /the accounts of all who widen it, p_chidi, p_frank, are new until/,
  },
];
