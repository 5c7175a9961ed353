import type { ActionsBlock, Button as SlackButton } from "@slack/types";
import type { Button } from "../../../core/card/card.ts";
import type { EscalationId } from "../../../core/ids.ts";
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
