import { type Line, line, listed, type Part } from "./line.ts";

/** What gateways and endpoints have confirmed. Part of the words of words.ts. */

const named = (names: readonly string[]): Line =>
  listed(names.map((name): Part => ({ untrusted: name })));

/** Where no gateway enforces a posture, people have to. */
const byHand = "Apply the change manually.";
export const notEnforced = `Not enforced: no gateway connected. ${byHand}`;
export function noGateway(): Line {
  return line`⚠ ${notEnforced}`;
}

/** A stop does not reach requests that are already running. */
const running = (restricts: boolean): string =>
  restricts ? " Requests already running are not stopped." : "";

export function confirmedByAll(count: number, at: string, restricts: boolean): Line {
  return line`Confirmed by ${count} of ${count} at ${at}.${running(restricts)}`;
}

export function confirmedBySome(
  count: number,
  {
    all,
    missing,
    restricts,
  }: { readonly all: number; readonly missing: readonly string[]; readonly restricts: boolean },
): Line {
  return line`Confirmed by ${count} of ${all}, not by ${named(missing)}.${running(restricts)}`;
}

export function toldNotConfirmed(names: readonly string[], at: string, restricts: boolean): Line {
  return line`${named(names)}: notified ${at}, not confirmed.${running(restricts)}`;
}

export function notYetConfirmed(names: readonly string[]): Line {
  return line`Not confirmed by ${named(names)} yet`;
}

export function notTold(names: readonly string[]): Line {
  return line`⚠ ${named(names)} could not be notified. ${byHand}`;
}

export function notToldYet(names: readonly string[]): Line {
  return line`${named(names)}: not notified yet`;
}

/** The card about a posture that is not enforced. */
export function unconfirmed(posture: string, since: string, missing: readonly string[]): Line {
  return missing.length === 0
    ? line`Confirmed by every gateway: ${posture} since ${since}`
    : line`Not confirmed by ${named(missing)}: ${posture} since ${since}`;
}

export function unconfirmedNext(): Line {
  return line`Restore the gateway or apply the change manually. Closes once all confirm`;
}

/** The sentence for channels, besides the card. */
export function failedLine(name: string, gateway: string, posture: Line): Line {
  return line`⚠ ${name}: ${named([gateway])} could not be notified that it is ${posture}. ${byHand}`;
}

export function opened(name: string, id: string, what: Line): Line {
  return line`${name}: ${id}. ${what}`;
}

export function allConfirm(name: string, id: string): Line {
  return line`${name}: every gateway confirms now. ${id} is closed.`;
}

/** The pager refuses pages: somebody must change its settings. */
export function notRung(pager: string, id: string): Line {
  return line`⚠ ${id}: the pager ${named([pager])} refuses the page, so nobody was paged. Notify the people who are asked in another way.`;
}

/** The pager does not answer; it is tried again. */
export function ringsInVain(pager: string, id: string): Line {
  return line`⚠ ${id}: the pager ${named([pager])} does not answer, so nobody was paged yet. It is tried again.`;
}
