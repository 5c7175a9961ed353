/** Texts that only Teams needs; all others are the core's. */

export const teamsSilent =
  "Nothing changed: Teams does not confirm right now that your account may decide here, and without that nobody can widen anything. Try again in a minute, or decide in the console with a login link. Narrow and pause still work.";
export const otherTenant =
  "Nothing changed: your account belongs to another organization, and only people of this one decide here. Ask whoever the card names.";
export const notMember = {
  guest:
    "Nothing changed: your account is a guest's, and guests decide nothing here. Ask whoever the card names.",
  unknown:
    "Nothing changed: Teams does not know your account as a member here. Ask whoever the card names.",
  nobody: "Nothing changed: people decide here, not apps.",
} as const;
export const possibleRepeat = "Possible repeat: the message before was not confirmed.";
export const needed = "This is needed.";
export function moreAtHome(count: number): string {
  return `… and ${count} more: say home to me directly`;
}
export const stranger =
  "The policy does not name you, so nothing here waits for you. Whoever keeps your organization's policy file can add you, by your object id in Microsoft Entra; if it names you in another chat, say link there. Until then you can still raise a concern: raise <deployment> because …";
export const oldButton =
  "Nothing changed: that button is not one of mine, or too old. Say it instead: help lists what there is.";
export function noCard(id: string): string {
  return `${id} is not known here. Say decisions to see what is.`;
}
export function broken(reference: string): string {
  return `Something went wrong on this side (${reference}). Pressing again is safe; the card shows what is in force.`;
}
export const nextSteps = "I sent you the next steps directly.";
export function greeting(channels: readonly string[]): string {
  return channels.length === 0
    ? "Holdpoint is here. The policy names no channel of this team yet, so nothing is posted here: add its id to the policy (channels.<name>.teams)."
    : "Holdpoint is here. When a trigger of the policy matches, the question comes into this channel and names who decides. Say rehearse <deployment> to try it: nothing can change by that. Say help for everything else.";
}
