import type { DailyDigest, DueView } from "../../app/ports.ts";
import { type Block, line, note, pressButton, row, title } from "./blocks.ts";
import type { SizeBudget } from "./size-budget.ts";

interface DigestContext {
  /** The policy's key of the channel where a deployment belongs. */
  readonly channelOf: (deployment: string) => string;
  readonly budget: SizeBudget;
  /** How the chat says how many items it does not show, and where they are. */
  readonly moreAtHome: (count: number) => string;
}

const mostInRow = 3;

/** The day's digest to one person: what is to be looked at again, each with its buttons. */
export function drawDigest(digest: DailyDigest, context: DigestContext): Block[] {
  const { budget, moreAtHome } = context;
  const items = digest.items.slice(0, budget.items);
  const left = digest.items.length - items.length;
  return [
    title("whole", digest.title, budget.line),
    ...items.flatMap((item, at) => itemBlocks(item, at + 1, context)),
    ...(left > 0 ? [note(moreAtHome(left))] : []),
  ];
}

function itemBlocks(item: DueView, number: number, { budget, channelOf }: DigestContext): Block[] {
  const { version, deployment } = item;
  const context = { version, escalation: "", channel: channelOf(deployment) } as const;
  return [
    line([`${number} `, ...item.line], budget.line, true),
    ...row(
      item.buttons.slice(0, mostInRow).map((button) => pressButton(button, context, budget.press)),
    ),
  ];
}
