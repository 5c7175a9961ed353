import type { Commitment, Digest, EntryId, Instant, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import { unsealed } from "../log/sealed-names.ts";
import type { Policy } from "../policy/model.ts";
import { deploymentsOf, emptyFold, foldDeployment, unheardOf } from "../state/fold.ts";
import { foldNumbers, foldOrg } from "../state/fold-org.ts";
import type { Situation } from "../state/situation.ts";
import type { DeploymentState, NumbersState, OrgState } from "../state/state.ts";
import { timeOf } from "../time.ts";
import { checkKind } from "./check.ts";
import { checkAdopted } from "./check-adopted.ts";
import { checkBase } from "./check-base.ts";
import { type Finding, type Findings, inconsistent } from "./finding.ts";
import { IdMarks } from "./id-marks.ts";
import type { Claim, Memory, Moment } from "./moment.ts";
import { isKnownKind, shapeObjection } from "./shape.ts";

/** The first entry whose meaning is wrong. */
export interface FoundAt extends Finding {
  readonly index: number;
}

/** What a replay came to. */
export interface Replayed {
  /** Entries that were replayed, until the first finding. */
  readonly entries: number;
  readonly finding: FoundAt | null;
  /** Kinds that were not understood, and of how many entries. */
  readonly unknown: ReadonlyMap<string, number>;
  /** What the log cannot show, and how many entries rest on it. */
  readonly claims: ReadonlyMap<Claim, number>;
}

/** A compiled policy by its digest; null = it is not there, or cannot be read. */
export type PolicyOf = (digest: Digest) => Policy | null;

interface Past {
  readonly made: EntryOf<"decision.made"> | null;
  readonly ended: EntryId | null;
  /** The resume that the last decision ended, where the entry that says so has to follow. */
  readonly mustLapse: EntryId | null;
}

const noPast: Past = { made: null, ended: null, mustLapse: null };

/**
 * Replays a log under the policies that it adopted, an entry at a time, and stops at the first that
 * nobody had the right to make, or that does not follow from those before it. It keeps one state
 * for each deployment, and no entries.
 *
 * It folds entries as the server does, but believes none of them: the fold takes what it is given,
 * so everything that an entry says is held against the state before it, and against the rules.
 */
export class Replay {
  readonly #policyOf: PolicyOf;
  readonly #policies = new Map<Digest, Policy>();
  #org: OrgState = emptyFold.org;
  #numbers: NumbersState = emptyFold.numbers;
  readonly #deployments = new Map<string, DeploymentState>();
  readonly #past = new Map<string, Past>();
  readonly #ids = new IdMarks();
  readonly #named = new Set<PersonId>();
  readonly #logins = new Map<EntryId, PersonId>();
  readonly #unknown = new Map<string, number>();
  readonly #claims = new Map<Claim, number>();
  #adopted = -1;
  #index = 0;
  #finding: FoundAt | null = null;

  constructor(policyOf: PolicyOf) {
    this.#policyOf = policyOf;
  }

  /**
   * Takes the next entry, parsed and of good form; says whether to go on. `isSealed`: whether
   * commitments may stand in it for names.
   */
  take(read: object, isSealed = true): boolean {
    if (this.#finding !== null) return false;
    const finding = this.#judge(read, isSealed);
    if (finding) this.#finding = { ...finding, index: this.#index };
    else this.#index += 1;
    return finding === null;
  }

  get result(): Replayed {
    return {
      entries: this.#index,
      finding: this.#finding,
      unknown: this.#unknown,
      claims: this.#claims,
    };
  }

  #judge(read: object, isSealed: boolean): Finding | null {
    try {
      const id: unknown = Reflect.get(read, "id");
      if (typeof id === "string" && this.#ids.mark(id, 1) !== 0)
        return inconsistent(`an entry before it has the same id, ${id}`);
      const kind: unknown = Reflect.get(read, "kind");
      if (typeof kind !== "string" || !isKnownKind(kind)) return this.#skip(String(kind));
      // Names are kept beside the log, and no rule of the replay rests on one.
      const entry = isSealed ? unsealed(read as Entry, noTexts) : (read as Entry);
      // From here on its keys and their values are those of its kind.
      const objection = shapeObjection(kind, entry);
      if (objection !== null) return inconsistent(objection);
      return this.#first(entry) ?? this.#fold(entry);
    } catch (error) {
      // Rules that cannot be applied to it, such as a policy without the parts that a policy has.
      return inconsistent(
        `the rules cannot be applied to it: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #skip(kind: string): null {
    this.#unknown.set(kind, (this.#unknown.get(kind) ?? 0) + 1);
    return null;
  }

  /** The first thing wrong with an entry; null where nothing is. */
  #first(entry: Entry): Finding | null {
    const { at, clock } = entry;
    if (clock !== undefined && clock >= at)
      return inconsistent("its clock is written although it is not behind the entry above");
    const claimed = new Set<Claim>();
    if (clock !== undefined) claimed.add("the clock of the writer was behind the entry above");
    const moment = this.#moment(entry, timeOf(entry), claimed);
    const [first] = this.#findings(moment);
    if (first) return first;
    for (const claim of claimed) this.#claims.set(claim, (this.#claims.get(claim) ?? 0) + 1);
    return null;
  }

  *#findings(moment: Moment): Findings {
    yield* this.#followsUp(moment);
    yield* checkBase(moment);
    const { entry } = moment;
    if (entry.kind === "policy.adopted") yield* this.#adopting({ ...moment, entry });
    else yield* checkKind(moment) ?? [];
  }

  /** A restriction ends the resume that waited, in the entry after it. */
  *#followsUp({ entry, situation }: Moment): Findings {
    const { mustLapse } = this.#past.get(situation.state.id) ?? noPast;
    const lapses = entry.kind === "decision.lapsed" && entry.proposal === mustLapse;
    if (mustLapse !== null && !lapses)
      yield inconsistent(
        `the decision before it ended the resume ${mustLapse}, and no entry says so`,
      );
  }

  *#adopting(moment: Moment<"policy.adopted">): Findings {
    const { digest, before } = moment.entry;
    yield* checkAdopted(moment, {
      next: this.#policy(digest),
      was: before === "" ? null : this.#policy(before),
      states: this.#deployments.values(),
    });
  }

  #policy(digest: Digest): Policy | null {
    const known = this.#policies.get(digest);
    if (known) return known;
    const policy = this.#policyOf(digest);
    if (policy) this.#policies.set(digest, policy);
    return policy;
  }

  #moment(entry: Entry, now: Instant, claimed: Set<Claim>): Moment {
    const [id = ""] = entry.kind === "policy.adopted" ? [] : deploymentsOf(entry);
    const { made, ended } = this.#past.get(id) ?? noPast;
    const memory: Memory = {
      named: this.#named,
      logins: this.#logins,
      made,
      ended,
      adopted: this.#adopted,
    };
    return {
      entry,
      now,
      situation: this.#situation(id, { now, link: entry.link ?? null }),
      memory,
      claim: (what) => void claimed.add(what),
    };
  }

  #situation(id: string, { now, link }: Pick<Situation, "now" | "link">): Situation {
    return {
      now,
      link,
      policy: this.#inForce(),
      pinned: this.#pinned,
      org: this.#org,
      state: this.#deployments.get(id) ?? unheardOf(id),
      lastNumber: this.#numbers.escalations,
      unreachable: isNever,
      asksPerson: isAlways,
      evidence: noEvidence,
    };
  }

  readonly #pinned = (digest: Digest): Policy => this.#policy(digest) ?? noPolicy;

  #inForce(): Policy {
    const { policy } = this.#org;
    return (policy === "" ? null : this.#policy(policy)) ?? noPolicy;
  }

  #fold(entry: Entry): null {
    this.#org = foldOrg(this.#org, entry);
    this.#numbers = foldNumbers(this.#numbers, entry);
    for (const id of deploymentsOf(entry)) {
      const before = this.#deployments.get(id) ?? unheardOf(id);
      const after = foldDeployment(before, entry);
      this.#deployments.set(id, after);
      this.#past.set(id, pastAfter(this.#past.get(id) ?? noPast, entry, before));
    }
    if (entry.kind === "session.issued") this.#logins.set(entry.id, entry.person);
    if (entry.kind === "policy.adopted") {
      this.#adopted = this.#index;
      for (const person of this.#policy(entry.digest)?.people ?? []) this.#named.add(person);
    }
    return null;
  }
}

function pastAfter(past: Past, entry: Entry, before: DeploymentState): Past {
  if (entry.kind === "decision.lapsed") return { ...past, mustLapse: null };
  if (entry.kind !== "decision.made") return past;
  const waiting = before.proposal?.entry ?? null;
  const restricts = entry.decision === "narrow" || entry.decision === "pause";
  const mustLapse = restricts && entry.before !== entry.after ? waiting : null;
  return { made: entry, ended: waiting, mustLapse };
}

const noTexts: ReadonlyMap<Commitment, string> = new Map();
const noEvidence: Situation["evidence"] = new Map();
const isNever = (): boolean => false;
const isAlways = (): boolean => true;

const noPolicy: Policy = {
  digest: "",
  people: new Set(),
  schedules: new Map(),
  channels: new Map(),
  deployments: new Map(),
  groups: new Map(),
  triggers: new Map(),
  readers: null,
  redact: null,
  adoption: null,
  rebind: 0,
  unmatchedChannel: null,
  sources: new Map(),
  notify: new Map(),
  wake: new Map(),
  audit: new Map(),
};
