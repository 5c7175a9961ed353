/** Texts that only Slack needs; all others are the core's. */

export const loading = "One moment…";
export function moreAtHome(count: number): string {
  return `… and ${count} more: open the Home tab of this app`;
}
export const stranger =
  "The policy does not name you, so nothing here waits for you. Whoever keeps your organization's policy file can add you, by your Slack member id (your profile, Copy member ID). Until then you can still raise a concern: /holdpoint raise <deployment> because …";
export const slackSilent =
  "Nothing changed: Slack does not confirm right now that your account is active, and without that nobody can widen anything. Try again in a minute, or decide in the console with a login link. Narrow and pause still work.";
export const otherWorkspace =
  "Nothing changed: your account belongs to another workspace, which does not belong to this organization, and only its people decide here. Ask whoever the card names.";
export const homeSilent =
  "Nothing changed: what you sent comes from another workspace than Holdpoint's, and Slack does not say at this moment whether your account is of this organization. Try again in a minute, decide in the console with a login link, or ask whoever the card names.";
export const homeUnsaid =
  "Nothing changed: Slack does not say to which workspace or organization your account belongs, and only people of this one decide here. Decide in the console with a login link, and ask whoever runs Holdpoint to look: holdpoint doctor names your account.";
export const hiddenConversation =
  "Nothing changed: Slack does not say who reads this conversation, because the app is not in it, so only acknowledge, narrow, pause and questions such as status are accepted here. Write to the app directly, or in a channel that it was invited to.";
export const sharedChannel =
  "Nothing changed: people of another organization are in this channel, so only acknowledge, narrow and pause are accepted here. Write in a channel of your own, or to the app directly.";
export const notMember = {
  guest:
    "Nothing changed: your account is a guest's, and guests decide nothing here. Ask whoever the card names.",
  bot: "Nothing changed: people decide here, not apps.",
  closed: "Nothing changed: your account is closed. Ask whoever the card names.",
  unknown: "Nothing changed: Slack does not know your account. Ask whoever the card names.",
} as const;
export function notOurs(command: string): string {
  return `${command} is not one of my commands, so nothing changed. /holdpoint help lists them.`;
}
export const oldButton =
  "Nothing changed: that button is not one of mine, or too old. Say it instead: /holdpoint help lists what there is.";
export function noForm(line: string): string {
  return `The form could not be opened, so nothing changed. Press again, or say it: /holdpoint ${line} because …`;
}
export function noMore(id: string): string {
  return `The view could not be opened, so nothing changed. Press again, or say it: /holdpoint prove ${id}`;
}
export function noCard(id: string): string {
  return `${id} is not known here. /holdpoint decisions shows what is.`;
}
export function broken(reference: string): string {
  return `Something went wrong on this side (${reference}). Pressing again is safe; the card shows what is in force.`;
}
