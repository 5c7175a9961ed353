import type { Button } from "../../../core/card/card.ts";
import type { PressButton } from "../../shared/blocks.ts";
import type { Link } from "../../shared/links.ts";
import { noText, shortened, visible } from "../../shared/text.ts";
import { pressData } from "../inbound/button-payload.ts";
import type { Action, ActionSet, ActionStyle } from "./adaptive-card.ts";
import { limits } from "./size-budget.ts";

/** The text of a button or a title, which Teams shows unparsed. */
export function titleText(text: string, most: number = limits.buttonText): string {
  return shortened(visible(text), most).trim() || noText;
}

const styles: Readonly<Record<Button["style"], ActionStyle | null>> = {
  primary: "positive",
  danger: "destructive",
  plain: null,
};

/**
 * One row as Teams draws it, at most six; a button whose command is too long to be carried is left
 * out.
 */
export function teamsRow(buttons: readonly PressButton[]): ActionSet[] {
  return buttonRow(buttons.flatMap(actionFor));
}

/**
 * A command that runs at once is an Action.Execute, whose answer only the person who pressed sees;
 * whatever shows something first opens a dialog.
 */
function actionFor({ kind, label, press, most, style }: PressButton): Action[] {
  const isAct = kind === "act" || kind === "next";
  const data = pressData(isAct ? "act" : kind, press, most);
  if (data === null) return [];
  const look = styles[style];
  const drawn = { title: titleText(label), ...(look === null ? {} : { style: look }) };
  if (isAct) {
    const fallback = { type: "Action.Submit", ...drawn, data } as const;
    return [{ type: "Action.Execute", ...drawn, verb: "act", data, fallback }];
  }
  return [{ type: "Action.Submit", ...drawn, data: { msteams: { type: "task/fetch" }, ...data } }];
}

/** A link with a text of ours, to our console or to one of our messages. */
export function linkRow({ text, url }: Link, spacing: ActionSet["spacing"]): ActionSet[] {
  return buttonRow([{ type: "Action.OpenUrl", title: titleText(text), url }], spacing);
}

/** One row; none without buttons. */
export function buttonRow(
  actions: readonly Action[],
  spacing: ActionSet["spacing"] = "Small",
): ActionSet[] {
  return actions.length === 0
    ? []
    : [{ type: "ActionSet", actions: actions.slice(0, limits.actionsPerSet), spacing }];
}
