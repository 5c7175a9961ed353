import type { ActionsBlock, Button as SlackButton } from "@slack/types";
import type { PressButton, PressKind } from "../../shared/blocks.ts";
import { actionIds, encodePress } from "../inbound/button-payload.ts";
import { limits } from "./size-budget.ts";
import { plainElement } from "./text.ts";

const actionOf: Readonly<Record<PressKind, string>> = { ...actionIds, next: actionIds.act };

/** The numbers of buttons that the adapter adds, above those of a card. */
const numberOfOwn = { open: 90, next: 91, more: 99 } as const;

/**
 * Draws the rows of a message: each button has an `action_id` that is unique in it. Buttons whose
 * command is too long are left out, and so are rows without buttons, which Slack refuses.
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
