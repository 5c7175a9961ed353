import { isAskedToAcknowledge } from "../escalation/acknowledgement.ts";
import type { PersonId } from "../ids.ts";
import { holders, ruledNow } from "../people/authority.ts";
import { stateWord } from "../policy/posture.ts";
import { deploymentOf, isRehearsal, isUnmatched, type Situation } from "../state/situation.ts";
import type { EscalationState } from "../state/state.ts";
import * as rehearsal from "../words/rehearsal.ts";
import * as words from "../words/words.ts";
import type { Card, Line } from "./card.ts";
import { buttonsOf } from "./card-buttons.ts";
import { chainNames, decidedLines, mostLines, openLines } from "./card-lines.ts";
import { conditionLines } from "./evidence-lines.ts";
import { textOf } from "./kept-text.ts";
import { deploymentName, inOneSentence } from "./lock-screen.ts";
import { rehearsalLines } from "./rehearsal-lines.ts";
import { evidenceLines, hearersOf } from "./unmatched-lines.ts";
import { deadline, scopeWordsOf, type ViewContext, whoWithDuty, zoneOf } from "./view-context.ts";

/**
 * Builds the one card of an escalation from what is known now. The same card for every chat; each
 * only draws it.
 */
export function buildCard(view: ViewContext, escalation: EscalationState): Card {
  const { state } = view.situation;
  const decided = escalation.decided;
  const settled = escalation.status !== "open";
  const lines = isRehearsal(escalation)
    ? rehearsalLines(view, escalation)
    : settled && decided
      ? decidedLines(view, escalation, decided)
      : openLines(view, escalation);
  return {
    escalation: escalation.id,
    deployment: state.id,
    version: state.posture?.version ?? null,
    status: escalation.status,
    severity: escalation.severity,
    title: titleOf(view, escalation),
    lines: lines.slice(0, mostLines),
    buttons: escalation.status === "closed" ? [] : buttonsOf(view, escalation),
    more: moreOf(view, escalation),
    notify: notifyOf(view.situation, escalation),
    lockScreen: inOneSentence(view, { escalation }),
    openedAt: escalation.openedAt,
  };
}

/**
 * Who is asked to say that they have seen it: those the policy names for it, not everybody who may.
 */
export function seers(
  situation: Situation,
  escalation: Pick<EscalationState, "trigger" | "severity"> | null,
): readonly PersonId[] {
  const ruled = escalation && ruledNow(situation, escalation);
  return [...holders(situation, "acknowledge", ruled)]
    .filter(([, rule]) => rule === "acknowledge")
    .map(([person]) => person);
}

/** While it is undecided: who decides, and until somebody has seen it, who is asked to. */
export function notifyOf(situation: Situation, escalation: EscalationState): readonly PersonId[] {
  if (escalation.status !== "open") return [];
  const asked = seers(situation, escalation).filter((seer) =>
    isAskedToAcknowledge(situation, escalation, seer),
  );
  const { decider } = escalation;
  const more = isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
  return [...new Set([...asked, ...more, ...(decider === "" ? [] : [decider])])];
}

function titleOf(view: ViewContext, escalation: EscalationState): Line {
  const name = { untrusted: deploymentName(view) };
  if (isRehearsal(escalation)) return [`${rehearsal.mark} · `, name, ` · ${escalation.id}`];
  const deployment = deploymentOf(view.situation);
  const { posture } = view.situation.state;
  const settled = escalation.status !== "open" && deployment && posture;
  const mark = settled
    ? words.outcomeMark(stateWord(deployment, posture.scope))
    : words.severityMark[escalation.severity];
  return [`${mark} `, name, ` · ${escalation.id}`];
}

const capabilities = [
  ["acknowledge", "Acknowledge"],
  ["restrict", "Narrow or pause"],
  ["start", "Request a resume"],
  ["confirm", "Approve a resume"],
  ["breakGlass", "Break glass"],
] as const;

/** Behind More…: evidence, the rule's text, the digest, the deputies' table. */
function moreOf(view: ViewContext, escalation: EscalationState): Card["more"] {
  const { situation } = view;
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  const because = trigger ? textOf(view, trigger.because) : null;
  const rule: readonly Line[] = trigger
    ? [
        [`${escalation.trigger} (${trigger.severity})`],
        [{ untrusted: trigger.when }],
        because ? [because] : [],
      ]
    : [[escalation.trigger]];
  const { seen } = escalation;
  const evidence: readonly Line[] = seen
    ? [
        [
          {
            untrusted: [`${seen.kind} from ${seen.source}`, seen.status, seen.samples]
              .filter((line) => line !== "")
              .join(", "),
          },
        ],
        ...conditionLines(view, escalation),
        ...evidenceLines(view, escalation),
        [{ untrusted: escalation.because }],
      ]
    : [];
  const people = capabilities.map(([capability, label]): Line => {
    const list = [...holders(situation, capability, escalation).keys()].map((person) =>
      whoWithDuty(view, person),
    );
    return [`${label}: `, ...(list.length > 0 ? words.listed(list) : ["nobody now"])];
  });
  const posture = situation.state.posture
    ? [
        [
          `${situation.state.id}: ${scopeWordsOf(view, situation.state.posture.scope)}, version ${situation.state.posture.version}`,
        ],
      ]
    : [];
  const steps = (trigger?.steps ?? []).map((step, at): Line => {
    return [`${at + 1}. `, textOf(view, step) ?? ""];
  });
  return [
    { heading: words.more.steps, lines: steps },
    { heading: words.more.rule, lines: rule.filter((line) => line.length > 0) },
    { heading: words.more.evidence, lines: evidence.filter((line) => words.plain(line) !== "") },
    {
      heading: words.more.people,
      lines: [
        ...people,
        ["In line to decide: ", ...words.listed(chainNames(view, escalation), "then")],
      ],
    },
    {
      heading: words.more.policy,
      lines: [
        ...posture,
        [`opened under policy ${escalation.policy.slice(0, 12)}, times in ${zoneOf(view)}`],
        ["opened ", deadline(view, escalation.openedAt)],
      ],
    },
  ].filter(({ lines }) => lines.length > 0);
}
