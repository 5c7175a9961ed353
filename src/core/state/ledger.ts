import type { EntryId, Instant } from "../ids.ts";
import type { Body, Entry } from "../log/entry.ts";
import type { Surface } from "../log/entry-fields.ts";
import { rfc3339 } from "../time.ts";
import { deploymentsOf, type Folded, foldDeployment, unheardOf } from "./fold.ts";
import { changesNumbers, changesOrg, foldNumbers, foldOrg } from "./fold-org.ts";
import type { Draft } from "./situation.ts";
import type { DeploymentState, NumbersState, OrgState } from "./state.ts";

/** What an entry gets besides its draft. */
export interface Stamp {
  readonly id: EntryId;
  readonly origin: string;
  readonly surface: Surface;
  readonly subject: Entry["subject"];
  readonly now: Instant;
  /** The time of the last entry: later than `now` where another replica's clock was ahead. */
  readonly headAt: Instant;
  /** The login link by which whoever speaks is signed in. */
  readonly link: EntryId | null;
}

/** What one entry changed. */
export interface Appended {
  readonly entry: Entry;
  readonly org: boolean;
  readonly numbers: boolean;
  readonly deployments: readonly {
    readonly before: DeploymentState;
    readonly after: DeploymentState;
  }[];
}

/** The states that entries change, with every appended entry folded into them. */
export class Ledger {
  #org: OrgState;
  #numbers: NumbersState;
  readonly #deployments: Map<string, DeploymentState>;

  constructor({
    org,
    numbers,
    deployments,
  }: Folded & { readonly deployments: ReadonlyMap<string, DeploymentState> }) {
    this.#org = org;
    this.#numbers = numbers;
    this.#deployments = new Map(deployments);
  }

  get org(): OrgState {
    return this.#org;
  }

  get numbers(): NumbersState {
    return this.#numbers;
  }

  /** Every deployment that was read or changed. */
  get deployments(): ReadonlyMap<string, DeploymentState> {
    return this.#deployments;
  }

  state(deployment: string): DeploymentState {
    return this.#deployments.get(deployment) ?? unheardOf(deployment);
  }

  /** Makes an entry of a draft, under the policy in force, and folds it. */
  append(stamp: Stamp, draft: Pick<Draft, "actor" | "body">): Appended {
    const entry = this.#entry(stamp, draft);
    const [org, numbers] = [changesOrg(entry), changesNumbers(entry)];
    if (org) this.#org = foldOrg(this.#org, entry);
    if (numbers) this.#numbers = foldNumbers(this.#numbers, entry);
    const deployments = deploymentsOf(entry).map((id) => {
      const before = this.state(id);
      const after = foldDeployment(before, entry);
      this.#deployments.set(id, after);
      return { before, after };
    });
    return { entry, org, numbers, deployments };
  }

  /** Where the log is ahead of the clock, both times are written. */
  #entry(
    { id, origin, surface, subject, now, headAt, link }: Stamp,
    { actor, body }: { readonly actor: Draft["actor"]; readonly body: Body },
  ): Entry {
    return {
      v: 1 as const,
      origin,
      at: rfc3339(Math.max(now, headAt)),
      ...(now < headAt && { clock: rfc3339(now) }),
      id,
      subject,
      actor,
      surface,
      ...(link && actor.type === "person" && { link }),
      policy: this.#org.policy,
      ...body,
    };
  }
}
