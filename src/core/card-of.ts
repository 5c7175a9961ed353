import { holders } from "./authority.ts";
import type { Button, Card, Line } from "./card.ts";
import { isAskedToAcknowledge } from "./escalation.ts";
import { conditionLines, reasonFrom } from "./evidence-lines.ts";
import type { PersonId } from "./ids.ts";
import {
  beforeConfirming,
  chainNames,
  decidedLines,
  mostLines,
  openLines,
  restricted,
  textOf,
} from "./lines.ts";
import { deploymentName, inOneSentence } from "./lock-screen.ts";
import type { Deployment } from "./policy/model.ts";
import { levelOf, paused, scopeAt, stateWord } from "./posture.ts";
import { rehearsalButtons, rehearsalLines } from "./rehearsal-lines.ts";
import { unnamedSuite } from "./retest.ts";
import {
  deploymentOf,
  isAcknowledgeOnly,
  isRehearsal,
  isUnmatched,
  type Situation,
} from "./situation.ts";
import type { EscalationState } from "./state.ts";
import {
  clockInZone,
  deadline,
  scopeWordsOf,
  type Telling,
  whoWithDuty,
  zoneOf,
} from "./telling.ts";
import { isUndoneOften } from "./undo.ts";
import { evidenceLines, hearersOf } from "./unmatched-lines.ts";
import * as words from "./words.ts";
import * as rehearsal from "./words-rehearsal.ts";

/** Builds the one card of an escalation from what is known now. The same card for every chat; each only draws it. */
export const cardOf = (telling: Telling, escalation: EscalationState): Card => {
  const { state } = telling.situation;
  const decided = escalation.decided;
  const settled = escalation.status !== "open";
  const lines = isRehearsal(escalation)
    ? rehearsalLines(telling, escalation)
    : settled && decided
      ? decidedLines(telling, escalation, decided)
      : openLines(telling, escalation);
  return {
    escalation: escalation.id,
    deployment: state.id,
    version: state.posture?.version ?? null,
    status: escalation.status,
    severity: escalation.severity,
    title: titleOf(telling, escalation),
    lines: lines.slice(0, mostLines),
    buttons: escalation.status === "closed" ? [] : buttonsOf(telling, escalation),
    more: moreOf(telling, escalation),
    notify: notifyOf(telling.situation, escalation),
    lockScreen: inOneSentence(telling, escalation),
    openedAt: escalation.openedAt,
  };
};

/** Who is asked to say that they have seen it: those the policy names for it, not everybody who may. */
export const seers = (situation: Situation): readonly PersonId[] =>
  [...holders(situation, "acknowledge", null)]
    .filter(([, rule]) => rule === "acknowledge")
    .map(([person]) => person);

/** While it is undecided: who decides, and until somebody has seen it, who is asked to. */
export const notifyOf = (
  situation: Situation,
  escalation: EscalationState,
): readonly PersonId[] => {
  if (escalation.status !== "open") return [];
  const asked = seers(situation).filter((one) => isAskedToAcknowledge(situation, escalation, one));
  const { decider } = escalation;
  const more = isUnmatched(escalation) ? hearersOf(situation, escalation) : [];
  return [...new Set([...asked, ...more, ...(decider === "" ? [] : [decider])])];
};

const titleOf = (telling: Telling, escalation: EscalationState): Line => {
  const name = { untrusted: deploymentName(telling) };
  if (isRehearsal(escalation)) return [`${rehearsal.mark} · `, name, ` · ${escalation.id}`];
  const deployment = deploymentOf(telling.situation);
  const { posture } = telling.situation.state;
  const settled = escalation.status !== "open" && deployment && posture;
  const mark = settled
    ? words.outcomeMark(stateWord(deployment, posture.scope))
    : words.severityMark[escalation.severity];
  return [`${mark} `, name, ` · ${escalation.id}`];
};

/** Two rows at most; More… is drawn by each chat at the end of the last. */
const buttonsOf = (
  telling: Telling,
  escalation: EscalationState,
): readonly (readonly Button[])[] => {
  if (isUnmatched(escalation) && escalation.decided === null)
    return unmatchedButtons(telling, escalation);
  if (isAcknowledgeOnly(escalation)) return [[acknowledgeButton(escalation)]];
  if (isRehearsal(escalation) && escalation.rehearsed) return [];
  const deployment = deploymentOf(telling.situation);
  const { posture } = telling.situation.state;
  if (!deployment || !posture) return [[acknowledgeButton(escalation)]];
  const rows =
    escalation.status === "open"
      ? openButtons(telling, escalation, deployment)
      : decidedButtons(telling, escalation, deployment);
  const filled = rows.filter((row) => row.length > 0);
  return isRehearsal(escalation) ? rehearsalButtons(filled) : filled;
};

/** Nothing was written down before, so the next narrower scope is offered; of a name no policy knows there is nothing to narrow. */
const unmatchedButtons = (
  telling: Telling,
  escalation: EscalationState,
): readonly (readonly Button[])[] => {
  const deployment = deploymentOf(telling.situation);
  const { posture } = telling.situation.state;
  const acknowledge = [acknowledgeButton(escalation)];
  if (!deployment || !posture) return [acknowledge];
  const scope = scopeAt(deployment, levelOf(deployment, posture.scope) + 1);
  const next: EscalationState = {
    ...escalation,
    response: scope === paused ? null : { kind: "narrow", scope },
  };
  const restrict = [
    ...responseButton(telling, next, deployment),
    ...pauseButton(telling, escalation, deployment),
  ];
  return [restrict, acknowledge].filter((row) => row.length > 0);
};

const acknowledgeButton = (escalation: EscalationState): Button => ({
  label: words.buttons.acknowledge,
  command: `ack ${escalation.id}`,
  style: "plain",
  form: null,
});

const openButtons = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly (readonly Button[])[] => [
  [
    ...responseButton(telling, escalation, deployment),
    ...pauseButton(telling, escalation, deployment),
  ],
  [
    acknowledgeButton(escalation),
    ...resumeButtons(telling, escalation, deployment),
    keepButton(telling, escalation, deployment),
  ].slice(0, 2),
];

/** The reason filled in beforehand, from what was seen: two taps, no typing. */
const filledIn = (telling: Telling, escalation: EscalationState): string =>
  words.clipped(words.plain(reasonFrom(telling, escalation)), 300);

const responseButton = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] => {
  const { response } = escalation;
  const reason = filledIn(telling, escalation);
  const current = telling.situation.state.posture?.scope ?? paused;
  if (!response || response.kind === "pause") return [];
  if (response.kind === "narrow") {
    if (levelOf(deployment, current) > levelOf(deployment, response.scope)) return [];
    const form = {
      ...words.forms.narrow(response.scope, deployment.name),
      reason,
      reasonRequired: false,
    };
    return [
      {
        label: words.buttons.narrow(response.scope),
        command: `narrow ${escalation.id} to ${response.scope}`,
        style: "primary",
        form,
      },
    ];
  }
  const suite =
    response.kind === "retest" ? escalation.seen?.suite || unnamedSuite : escalation.trigger;
  const form = { ...words.forms[response.kind](deployment.name), reason, reasonRequired: false };
  return [
    {
      label: words.buttons.respond[response.kind],
      command: `${response.kind} ${escalation.id} ${suite}`,
      style: "primary",
      form,
    },
  ];
};

const pauseButton = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] => {
  const planned = escalation.response?.kind === "pause";
  const already = telling.situation.state.posture?.scope === paused;
  if (already && !planned) return [];
  const form = {
    ...words.forms.pause(deployment.name),
    reason: filledIn(telling, escalation),
    reasonRequired: false,
  };
  return [{ label: words.buttons.pause, command: `pause ${escalation.id}`, style: "danger", form }];
};

const resumeButtons = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] => {
  const { proposal } = telling.situation.state;
  if (!restricted(telling) || proposal?.waits) return [];
  const command = `resume ${escalation.id}`;
  if (proposal) {
    const form = {
      ...words.forms.confirm(deployment.name, proposal.to),
      reason: "",
      reasonRequired: false,
      told: beforeConfirming(telling),
    };
    return [{ label: words.buttons.confirm, command, style: "primary", form }];
  }
  const form = { ...words.forms.resume(deployment.name), reason: "", reasonRequired: true };
  return [{ label: words.buttons.resume, command, style: "plain", form }];
};

const keepButton = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): Button => {
  const scope = telling.situation.state.posture?.scope ?? paused;
  return keepOf(escalation.id, deployment, stateWord(deployment, scope));
};

const keepOf = (
  target: string,
  { name }: Deployment,
  state: ReturnType<typeof stateWord>,
): Button => ({
  label: words.buttons.keep(state),
  command: `keep ${target}`,
  style: "plain",
  form: { ...words.forms.keep(name, state), reason: "", reasonRequired: true },
});

const decidedButtons = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly (readonly Button[])[] => {
  const now = telling.situation.state.posture?.scope ?? paused;
  const pause = now === paused ? [] : pauseButton(telling, escalation, deployment);
  return [
    [
      ...resumeButtons(telling, escalation, deployment),
      keepButton(telling, escalation, deployment),
    ],
    [...undoButton(telling, escalation, deployment), ...pause],
  ];
};

const undoButton = (
  telling: Telling,
  escalation: EscalationState,
  deployment: Deployment,
): readonly Button[] => {
  const { lastDecision } = telling.situation.state;
  const { now } = telling.situation;
  const mine =
    lastDecision &&
    lastDecision.entry === escalation.decided?.entry &&
    lastDecision.people.length > 0;
  const restricts = lastDecision?.decision === "narrow" || lastDecision?.decision === "pause";
  if (
    !mine ||
    !restricts ||
    lastDecision.before === lastDecision.after ||
    isUndoneOften(telling.situation.state, lastDecision) ||
    now > lastDecision.at + deployment.undo
  )
    return [];
  const left = `until ${clockInZone(telling, lastDecision.at + deployment.undo)}`;
  const form = { ...words.forms.undo(deployment.name), reason: "", reasonRequired: false };
  return [
    { label: words.buttons.undo(left), command: `undo ${escalation.id}`, style: "plain", form },
  ];
};

const capabilities = [
  ["acknowledge", "Acknowledge"],
  ["restrict", "Narrow or pause"],
  ["start", "Start a resume"],
  ["confirm", "Confirm a resume"],
  ["breakGlass", "Break glass"],
] as const;

/** Behind More…: evidence, the rule's text, the digest, the deputies' table. */
const moreOf = (telling: Telling, escalation: EscalationState): Card["more"] => {
  const { situation } = telling;
  const trigger = situation.pinned(escalation.policy).triggers.get(escalation.trigger);
  const because = trigger ? textOf(telling, trigger.because) : null;
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
              .filter((one) => one !== "")
              .join(", "),
          },
        ],
        ...conditionLines(telling, escalation),
        ...evidenceLines(telling, escalation),
        [{ untrusted: escalation.because }],
      ]
    : [];
  const people = capabilities.map(([capability, label]): Line => {
    const list = [...holders(situation, capability, escalation).keys()].map((one) =>
      whoWithDuty(telling, one),
    );
    return [`${label}: `, ...(list.length > 0 ? words.listed(list) : ["nobody now"])];
  });
  const posture = situation.state.posture
    ? [
        [
          `${situation.state.id}: ${scopeWordsOf(telling, situation.state.posture.scope)}, version ${situation.state.posture.version}`,
        ],
      ]
    : [];
  return [
    { heading: words.more.rule, lines: rule.filter((one) => one.length > 0) },
    { heading: words.more.evidence, lines: evidence.filter((one) => words.plain(one) !== "") },
    {
      heading: words.more.people,
      lines: [
        ...people,
        ["In line to decide: ", ...words.listed(chainNames(telling, escalation), "then")],
      ],
    },
    {
      heading: words.more.policy,
      lines: [
        ...posture,
        [`opened under policy ${escalation.policy.slice(0, 12)}, times in ${zoneOf(telling)}`],
        ["opened ", deadline(telling, escalation.openedAt)],
      ],
    },
  ].filter(({ lines }) => lines.length > 0);
};

/** What may be done about a deployment without an escalation: the buttons of the posture board. */
export const postureButtons = (telling: Telling, deployment: Deployment): readonly Button[] => {
  const { posture, proposal } = telling.situation.state;
  const scope = posture?.scope ?? paused;
  const { id, name } = deployment;
  const plainReason = { reason: "", reasonRequired: false };
  const pause: Button = {
    label: words.buttons.pause,
    command: `pause ${id}`,
    style: "danger",
    form: { ...words.forms.pause(name), ...plainReason },
  };
  const form = proposal
    ? {
        ...words.forms.confirm(name, proposal.to),
        ...plainReason,
        told: beforeConfirming(telling),
      }
    : { ...words.forms.resume(name), reason: "", reasonRequired: true };
  const resume: Button = {
    label: proposal ? words.buttons.confirm : words.buttons.resume,
    command: `resume ${id}`,
    style: "plain",
    form,
  };
  const keep = keepOf(id, deployment, stateWord(deployment, scope));
  const canResume = restricted(telling) && !proposal?.waits;
  return [...(scope === paused ? [] : [pause]), ...(canResume ? [resume] : []), keep];
};
