import type { ActionsBlock, Button as SlackButton } from "@slack/types";
import type { Button } from "../../core/card.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Ground } from "../any/press.ts";
import * as common from "../any/words.ts";
import { limits } from "./limits.ts";
import { actionIds, encodePress } from "./press.ts";
import { plainElement } from "./text.ts";

/** A button as Slack draws it; none where its command is too long to be carried. `at` makes it the only one of its message. */
export const pressable = (
  button: Button,
  ground: Ground,
  at: number,
  room: number = limits.buttonValue,
): SlackButton[] => {
  const { label, command, style, form } = button;
  const version = button.version ?? ground.version;
  const value = encodePress({ ...ground, version, line: command, form }, room);
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
};

/** A button that Slack's own room adds: More…, the next page, a form to fill in. */
export const ownButton = (
  action: (typeof actionIds)[keyof typeof actionIds],
  label: string,
  line: string,
  ground: Ground,
  at: number,
): SlackButton[] => {
  const value = encodePress({ ...ground, line, form: null });
  if (value === "") return [];
  const text = plainElement(label, limits.buttonText);
  return [{ type: "button", action_id: `${action}:${at}`, text, value }];
};

/** More… of an escalation. */
export const moreButton = (escalation: EscalationId, ground: Ground, at: number): SlackButton[] =>
  ownButton(actionIds.more, common.more, escalation, ground, at);

/** One row; none without buttons, since Slack refuses an empty one. */
export const row = (buttons: readonly SlackButton[]): ActionsBlock[] =>
  buttons.length === 0
    ? []
    : [{ type: "actions", elements: buttons.slice(0, limits.actionsPerBlock) }];
