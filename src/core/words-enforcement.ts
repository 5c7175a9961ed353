import type { Line, Part } from "./card.ts";
import { line, listed } from "./phrase.ts";

/** The words of what is in force outside. Part of the words of words.ts. */

const named = (names: readonly string[]): Line =>
  listed(names.map((name): Part => ({ untrusted: name })));

/** Nobody carries it out: people have to. */
const byHand = "Apply the change manually.";
export const notEnforced = `Not enforced: no gateway connected. ${byHand}`;
export const noGateway = (): Line => line`⚠ ${notEnforced}`;

/** Running requests end by themselves: no stop reaches them. */
const running = (restricts: boolean): string =>
  restricts ? " Requests already running are not stopped." : "";

export const confirmedByAll = (count: number, at: string, restricts: boolean): Line =>
  line`Confirmed by ${count} of ${count} at ${at}.${running(restricts)}`;

export const confirmedBySome = (
  count: number,
  all: number,
  missing: readonly string[],
  restricts: boolean,
): Line => line`Confirmed by ${count} of ${all}, not by ${named(missing)}.${running(restricts)}`;

export const toldNotConfirmed = (names: readonly string[], at: string, restricts: boolean): Line =>
  line`${named(names)}: told ${at}, not confirmed.${running(restricts)}`;

export const notYetConfirmed = (names: readonly string[]): Line =>
  line`Not confirmed by ${named(names)} yet`;

export const notTold = (names: readonly string[]): Line =>
  line`⚠ ${named(names)} could not be told. ${byHand}`;

export const notToldYet = (names: readonly string[]): Line => line`${named(names)}: not told yet`;

/** The card of a posture that is not carried out. */
export const unconfirmed = (posture: string, since: string, missing: readonly string[]): Line =>
  missing.length === 0
    ? line`Confirmed by every gateway: ${posture} since ${since}`
    : line`Not confirmed by ${named(missing)}: ${posture} since ${since}`;

export const unconfirmedNext = (): Line =>
  line`Restore the gateway or apply the change manually. Closes once all confirm`;

/** What channels are told beside cards. */
export const failedLine = (name: string, gateway: string, posture: Line): Line =>
  line`⚠ ${name}: ${named([gateway])} could not be told that it is ${posture}. ${byHand}`;

export const opened = (name: string, id: string, what: Line): Line => line`${name}: ${id}. ${what}`;

export const allConfirm = (name: string, id: string): Line =>
  line`${name}: every gateway confirms now. ${id} is over.`;

/** The pager takes nothing more: only somebody at its settings can help. */
export const notRung = (pager: string, id: string): Line =>
  line`⚠ ${id}: the pager ${named([pager])} takes no page. Tell whoever is asked in another way.`;

/** The pager does not answer yet; it is tried again. */
export const ringsInVain = (pager: string, id: string): Line =>
  line`⚠ ${id}: the pager ${named([pager])} does not answer, so nobody was woken yet. It is tried again.`;
