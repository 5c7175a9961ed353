import { notifyOf, seers } from "../../core/card/build-card.ts";
import type { Line, Part } from "../../core/card/card.ts";
import { who } from "../../core/card/view-context.ts";
import { acknowledge } from "../../core/escalation/acknowledgement.ts";
import type { PersonId } from "../../core/ids.ts";
import type { Actor } from "../../core/people/person.ts";
import type { ObservedSignal } from "../../core/signal.ts";
import { isRefusal, type Refusal } from "../../core/state/refusal.ts";
import { type Draft, deploymentOf, escalationIn } from "../../core/state/situation.ts";
import type { EscalationState } from "../../core/state/state.ts";
import { storable } from "../../core/text.ts";
import { acknowledgedInPagerDuty, notCounted, something } from "../../core/words/pagerduty.ts";
import { deny } from "../commands/judge-command.ts";
import type { Journal } from "../journal.ts";
import { threadRows } from "../outbox/message-rows.ts";
import type { Delivery, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/** Acknowledgements in PagerDuty of the pages that Holdpoint sent. */

/** A PagerDuty event about a page that Holdpoint sent. */
export interface PageWord {
  readonly delivery: Delivery;
  readonly escalation: EscalationState;
  /** Null if the event is not an acknowledgement. */
  readonly by: NonNullable<ObservedSignal["page"]>["acknowledgedBy"];
}

/**
 * The escalation that a signal's page is about; undefined where it is no page of ours, whatever its
 * key looks like.
 */
export async function pageMeant(
  store: Pick<Store, "escalation">,
  { page }: ObservedSignal,
): Promise<EscalationState | undefined> {
  return page ? store.escalation(page.escalation) : undefined;
}

/**
 * Takes in one such word. Whoever may acknowledge here has done so, on the same terms as with the
 * button. Of anybody else it is said once, in the escalation's thread: their press has silenced the
 * pager, and nobody counts as having seen anything.
 */
export async function takeIn(
  { journal }: { readonly journal: Journal },
  word: PageWord,
): Promise<void> {
  const { escalation, delivery } = word;
  const deployments = [escalation.deployment];
  const surface = "pagerduty" as const;
  const missing = saying(await journal.look(deployments), word);
  // First, and under a key of its own: a crash between the two leaves the delivery waiting, and
  // nothing is said twice.
  if (missing !== null) {
    const account = word.by?.account ?? "";
    const key = `elsewhere:${escalation.id}:${account}`;
    const stranger = account === "" ? null : `pagerduty:${account}`;
    await journal.write({ key, surface, deployments, stranger }, (work) => {
      const { actor, refusal, line } = saying(work, word) ?? missing;
      const target = { deployment: escalation.deployment, escalation: escalation.id };
      deny(work, {
        invocation: { actor, line: "" },
        commandRequest: { target, asked: "ack", reason: "" },
        refusal,
      });
      // PagerDuty stops paging now, so the people who are still asked are mentioned in the thread.
      const to = notifyOf(work.situation(escalation.deployment), escalation);
      work.send(({ chats }) => threadRows(chats, escalation, { key, to, line }));
      return null;
    });
  }
  await journal.write({ key: null, surface, deployments }, (work) => {
    const outcome = judged(work, word);
    if (outcome && !isRefusal(outcome)) work.add(`deployment:${escalation.deployment}`, outcome);
    work.extra.deliveries.push(delivery.id);
  });
}

/** The policy's person behind a PagerDuty account. */
function personBehind(work: UnitOfWork, account: string): PersonId | undefined {
  if (account === "") return undefined;
  const { policy } = work.situation("");
  return [...work.rules.people().values()].find(
    (person) => person.pagerduty === account && policy.people.has(person.id),
  )?.id;
}

function judged(work: UnitOfWork, { escalation, by }: PageWord): readonly Draft[] | Refusal | null {
  if (!by) return null;
  const situation = work.situation(escalation.deployment);
  const live = escalationIn(situation.state, escalation.id);
  if (!live) return null;
  const person = personBehind(work, by.account);
  if (person) return acknowledge(situation, { escalation: live, actor: person });
  // What we acknowledge by the pager's own interface comes back to us without a person.
  return by.account === "" && live.acknowledged.length > 0 ? null : { refused: "stranger" };
}

interface Missing {
  readonly actor: Actor;
  readonly refusal: Refusal;
  readonly line: Line;
}

/**
 * What has to be said of an acknowledgement that does not count; null where there is nothing to
 * say.
 */
function saying(work: UnitOfWork, word: PageWord): Missing | null {
  const refusal = judged(work, word);
  if (!refusal || !isRefusal(refusal)) return null;
  if (refusal.refused !== "stranger" && refusal.refused !== "not-authorized") return null;
  const person = personBehind(work, word.by?.account ?? "");
  const actor: Actor = person ? { type: "person", person } : { type: "stranger" };
  return { actor, refusal, line: sentence(work, word, person) };
}

function sentence(
  work: UnitOfWork,
  { escalation, by }: PageWord,
  person: PersonId | undefined,
): Line {
  const view = work.viewContext(escalation.deployment);
  const { situation } = view;
  return acknowledgedInPagerDuty({
    deployment: deploymentOf(situation)?.name ?? situation.state.id,
    escalation: escalation.id,
    by: person ? who(view, person) : called(by?.name || by?.account || ""),
    because: person ? notCounted.notAsked() : notCounted.unknown(by?.account ?? ""),
    asked: seers(situation, escalation).map((seer) => who(view, seer)),
  });
}

const called = (name: string): Part => (name === "" ? something : { untrusted: storable(name) });
