import type { Button } from "../../core/card.ts";
import type { EscalationId } from "../../core/ids.ts";
import type { Link } from "../any/links.ts";
import type { Ground, Press } from "../any/press.ts";
import { nothing, shortened, visible } from "../any/text.ts";
import * as common from "../any/words.ts";
import type { Action, ActionSet, ActionStyle } from "./adaptive.ts";
import { limits } from "./limits.ts";
import { type PressKind, pressData } from "./press.ts";

/** Words on a button or a title: Teams shows them as they are. */
export const titleText = (text: string, most: number = limits.buttonText): string =>
  shortened(visible(text), most).trim() || nothing;

const styles: Readonly<Record<Button["style"], ActionStyle | null>> = {
  primary: "positive",
  danger: "destructive",
  plain: null,
};

/** A button as Teams draws it; none where its command is too long to be carried. */
export const pressable = (
  { label, command, style, form, version }: Button,
  ground: Ground,
  most: number = limits.buttonData,
): Action[] => {
  const press = { ...ground, version: version ?? ground.version, line: command, form };
  return actionFor(form === null ? "act" : "form", label, press, most, style);
};

/** A button that Teams' own room adds: the next page, a form to fill in. */
export const ownButton = (kind: PressKind, label: string, line: string, ground: Ground): Action[] =>
  actionFor(kind, label, { ...ground, line, form: null });

/** More… of an escalation. */
export const moreButton = (escalation: EscalationId, ground: Ground): Action[] =>
  ownButton("more", common.more, escalation, ground);

/** What is done at once is executed, and its answer seen by who pressed alone; whatever shows something first opens a dialog. */
const actionFor = (
  kind: PressKind,
  label: string,
  press: Press,
  most: number = limits.buttonData,
  style: Button["style"] = "plain",
): Action[] => {
  const data = pressData(kind, press, most);
  if (data === null) return [];
  const look = styles[style];
  const drawn = { title: titleText(label), ...(look === null ? {} : { style: look }) };
  if (kind !== "act")
    return [
      { type: "Action.Submit", ...drawn, data: { msteams: { type: "task/fetch" }, ...data } },
    ];
  const fallback = { type: "Action.Submit", ...drawn, data } as const;
  return [{ type: "Action.Execute", ...drawn, verb: "act", data, fallback }];
};

/** A link in words of ours, to our own console or to a message of our own. */
export const linkRow = ({ text, url }: Link): ActionSet[] =>
  row([{ type: "Action.OpenUrl", title: titleText(text), url }]);

/** One row; none without buttons. */
export const row = (
  actions: readonly Action[],
  spacing: ActionSet["spacing"] = "Small",
): ActionSet[] =>
  actions.length === 0
    ? []
    : [{ type: "ActionSet", actions: actions.slice(0, limits.actionsPerSet), spacing }];
