import type { Line, Part } from "../core/card.ts";
import { notifyOf, seers } from "../core/card-of.ts";
import { acknowledge } from "../core/escalation.ts";
import type { PersonId } from "../core/ids.ts";
import type { Actor } from "../core/people.ts";
import { isRefusal, type Refusal } from "../core/refusal.ts";
import type { Observed } from "../core/signal.ts";
import { type Draft, deploymentOf, escalationIn } from "../core/situation.ts";
import type { EscalationState } from "../core/state.ts";
import { who } from "../core/telling.ts";
import { storable } from "../core/text.ts";
import { acknowledgedInPagerDuty, notCounted, something } from "../core/words-elsewhere.ts";
import { deny } from "./decide.ts";
import type { Desk } from "./desk.ts";
import type { Journal } from "./journal.ts";
import type { Delivery, Store } from "./ports.ts";

/** Word of our own page: the pager rang for an escalation, and somebody acknowledged it there. */

/** What PagerDuty said of a page of ours. */
export interface PageWord {
  readonly delivery: Delivery;
  readonly escalation: EscalationState;
  /** Null where it is word of something else than an acknowledgement. */
  readonly by: NonNullable<Observed["page"]>["acknowledgedBy"];
}

/** The escalation that a signal's page is about; undefined where it is no page of ours, whatever its key looks like. */
export const pageMeant = async (
  store: Pick<Store, "escalation">,
  { page }: Observed,
): Promise<EscalationState | undefined> => (page ? store.escalation(page.escalation) : undefined);

/**
 * Takes in one such word. Whoever may acknowledge here has done so, on the same terms as with the button. Of anybody else it is
 * said once, in the escalation's thread: their press has silenced the pager, and nobody counts as having seen anything.
 */
export const takeIn = async (
  { journal }: { readonly journal: Journal },
  word: PageWord,
): Promise<void> => {
  const { escalation, delivery } = word;
  const deployments = [escalation.deployment];
  const surface = "pagerduty" as const;
  const missing = saying(await journal.look(deployments), word);
  // First, and under a key of its own: a crash between the two leaves the delivery waiting, and nothing is said twice.
  if (missing !== null) {
    const account = word.by?.account ?? "";
    const key = `elsewhere:${escalation.id}:${account}`;
    const stranger = account === "" ? null : `pagerduty:${account}`;
    await journal.write({ key, surface, deployments, stranger }, (desk) => {
      const { actor, refusal, line } = saying(desk, word) ?? missing;
      const target = { deployment: escalation.deployment, escalation: escalation.id };
      deny(desk, actor, { target, asked: "ack", reason: "" }, refusal);
      // Their press has silenced the pager: whoever is still asked hears it here.
      const to = notifyOf(desk.situation(escalation.deployment), escalation);
      desk.tellThread(escalation, { key, to, line });
      return null;
    });
  }
  await journal.write({ key: null, surface, deployments }, (desk) => {
    const outcome = judged(desk, word);
    if (outcome && !isRefusal(outcome)) desk.add(`deployment:${escalation.deployment}`, outcome);
    desk.extra.deliveries.push(delivery.id);
  });
};

/** The policy's person behind a PagerDuty account. */
const personBehind = (desk: Desk, account: string): PersonId | undefined => {
  if (account === "") return undefined;
  const { policy } = desk.situation("");
  return [...desk.rules.people().values()].find(
    (person) => person.pagerduty === account && policy.people.has(person.id),
  )?.id;
};

const judged = (desk: Desk, { escalation, by }: PageWord): readonly Draft[] | Refusal | null => {
  if (!by) return null;
  const situation = desk.situation(escalation.deployment);
  const live = escalationIn(situation.state, escalation.id);
  if (!live) return null;
  const person = personBehind(desk, by.account);
  if (person) return acknowledge(situation, live, person);
  // What we acknowledge by the pager's own interface comes back to us without a person.
  return by.account === "" && live.acknowledged.length > 0 ? null : { refused: "stranger" };
};

interface Missing {
  readonly actor: Actor;
  readonly refusal: Refusal;
  readonly line: Line;
}

/** What has to be said of an acknowledgement that does not count; null where there is nothing to say. */
const saying = (desk: Desk, word: PageWord): Missing | null => {
  const refusal = judged(desk, word);
  if (!refusal || !isRefusal(refusal)) return null;
  if (refusal.refused !== "stranger" && refusal.refused !== "not-authorized") return null;
  const person = personBehind(desk, word.by?.account ?? "");
  const actor: Actor = person ? { type: "person", person } : { type: "stranger" };
  return { actor, refusal, line: sentence(desk, word, person) };
};

const sentence = (desk: Desk, { escalation, by }: PageWord, person: PersonId | undefined): Line => {
  const telling = desk.telling(escalation.deployment);
  const { situation } = telling;
  return acknowledgedInPagerDuty({
    deployment: deploymentOf(situation)?.name ?? situation.state.id,
    escalation: escalation.id,
    by: person ? who(telling, person) : called(by?.name || by?.account || ""),
    because: person ? notCounted.notAsked() : notCounted.unknown(by?.account ?? ""),
    asked: seers(situation).map((one) => who(telling, one)),
  });
};

const called = (name: string): Part => (name === "" ? something : { untrusted: storable(name) });
