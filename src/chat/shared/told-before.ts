import type { Views } from "../../app/ports.ts";
import type { Card, Line } from "../../core/card/card.ts";
import type { Millis } from "../../core/ids.ts";
import type { Press } from "./button-payload.ts";
import { escalationIdIn } from "./request-helpers.ts";
import { inTimeOrNull } from "./timeout.ts";
import * as words from "./words.ts";

/**
 * What a form shows beside its fields, read when it opens: a button carries too little for it, and
 * may be old.
 */

/**
 * What to read before the form is submitted, as of now. If that cannot be read in time, the form
 * opens and says so.
 */
export async function toldBefore(
  views: Pick<Views, "card" | "postures">,
  press: Press,
  reader: Parameters<Views["postures"]>[0],
): Promise<readonly Line[]> {
  return (await inTimeOrNull(read(views, press, reader), readingTakes)) ?? [[words.notRead]];
}

/** A chat's request to open a form expires after 3 s. */
const readingTakes: Millis = 800;

async function read(
  views: Pick<Views, "card" | "postures">,
  { line }: Press,
  reader: Parameters<Views["postures"]>[0],
): Promise<readonly Line[]> {
  const [verb = "", what = ""] = line.split(" ");
  if (verb !== "resume") return [];
  const id = escalationIdIn(what);
  const buttons =
    id === ""
      ? (await views.postures(reader)).find((posture) => posture.id === what)?.buttons
      : buttonsOf(await views.card(id));
  return buttons?.find(({ command }) => command === line)?.form?.told ?? [];
}

const buttonsOf = (card: Card | undefined) => card?.buttons.flat();
