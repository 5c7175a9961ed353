import type { ActionsBlock, Button as SlackButton } from "@slack/types";
import type { Button } from "../../../core/card/card.ts";
import type { EscalationId } from "../../../core/ids.ts";
import type { PressButton, PressKind } from "../../shared/blocks.ts";
import type { ButtonContext } from "../../shared/button-payload.ts";
import * as common from "../../shared/words.ts";
import { actionIds, encodePress } from "../inbound/button-payload.ts";
import { limits } from "./size-budget.ts";
import { plainElement } from "./text.ts";

/**
 * A button as Slack draws it; none where its command is too long to be carried. `at` makes it the
 * only one of its message.
 */
export function pressable(
  button: Button,
  {
    buttonContext,
    at,
    room = limits.buttonValue,
  }: {
    readonly buttonContext: ButtonContext;
    readonly at: number;
    readonly room?: number | undefined;
  },
): SlackButton[] {
  const { label, command, style, form } = button;
  const version = button.version ?? buttonContext.version;
  const value = encodePress({ ...buttonContext, version, line: command, form }, room);
  if (value === "") return [];
  return [
    {
      type: "button",
      action_id: `${form === null ? actionIds.act : actionIds.form}:${at}`,
      text: plainElement(label, limits.buttonText),
      value,
      ...(style === "plain" ? {} : { style }),
    },
  ];
}

/** A button that Slack's own room adds: More…, the next page, a form to fill in. */
export function ownButton(
  action: (typeof actionIds)[keyof typeof actionIds],
  {
    label,
    line,
    buttonContext,
    at,
  }: {
    readonly label: string;
    readonly line: string;
    readonly buttonContext: ButtonContext;
    readonly at: number;
  },
): SlackButton[] {
  const value = encodePress({ ...buttonContext, line, form: null });
  if (value === "") return [];
  const text = plainElement(label, limits.buttonText);
  return [{ type: "button", action_id: `${action}:${at}`, text, value }];
}

/** More… of an escalation. */
export function moreButton(
  escalation: EscalationId,
  buttonContext: ButtonContext,
  at: number,
): SlackButton[] {
  return ownButton(actionIds.more, { label: common.more, line: escalation, buttonContext, at });
}

/** One row; none without buttons, since Slack refuses an empty one. */
export function row(buttons: readonly SlackButton[]): ActionsBlock[] {
  return buttons.length === 0
    ? []
    : [{ type: "actions", elements: buttons.slice(0, limits.actionsPerBlock) }];
}

const actionOf: Readonly<Record<PressKind, string>> = { ...actionIds, next: actionIds.act };

/** The numbers of buttons that Slack's own room adds, so that they are in nobody's way. */
const numberOfOwn = { open: 90, next: 91, more: 99 } as const;

/**
 * Draws one row of a message after the other: each button has an `action_id` of its own in it. A
 * button whose command is too long to be carried is left out, and a row without buttons, which
 * Slack refuses.
 */
export function slackRows(): (buttons: readonly PressButton[]) => ActionsBlock[] {
  let rows = 0;
  let mores = 0;
  const numberOf = ({ kind }: PressButton, at: number): number => {
    if (kind === "act" || kind === "form") return rows * 10 + at;
    return numberOfOwn[kind] + (kind === "more" ? 100 * mores++ : 0);
  };
  return (buttons) => {
    const elements = buttons.flatMap((button, at) => slackButton(button, numberOf(button, at)));
    rows += 1;
    return elements.length === 0
      ? []
      : [{ type: "actions", elements: elements.slice(0, limits.actionsPerBlock) }];
  };
}

function slackButton({ kind, label, style, press, most }: PressButton, at: number): SlackButton[] {
  const value = encodePress(press, most);
  if (value === "") return [];
  return [
    {
      type: "button",
      action_id: `${actionOf[kind]}:${at}`,
      text: plainElement(label, limits.buttonText),
      value,
      ...(style === "plain" ? {} : { style }),
    },
  ];
}
