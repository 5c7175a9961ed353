/**
 * The scopes of the app, and what fails without each. manifest.json requests them, docs/slack.md
 * explains them.
 */

export interface BotScope {
  readonly name: string;
  /** What Holdpoint does with it, for the administrator who approves the app. */
  readonly why: string;
  /** What fails where it is missing. */
  readonly without: string;
}

/** Every bot scope of the manifest, and no other. */
export const scopes: readonly BotScope[] = [
  {
    name: "chat:write",
    why: "post the card, edit it as things change, answer in its thread",
    without: "no card and no reminder reaches anybody",
  },
  {
    name: "commands",
    why: "`/pause`, `/ack` and the other slash commands",
    without: "no slash command works",
  },
  {
    name: "app_mentions:read",
    why: "commands typed as a mention, which is the only way inside a thread",
    without: "mentions of the app are not received",
  },
  {
    name: "users:read",
    why: "check that each decider has an open account and is not a guest",
    without: "nobody can resume, because no account can be checked",
  },
  {
    name: "im:write",
    why: "open the conversation in which it tells one person that they are asked",
    without: "nobody gets a direct message: neither the question nor a reminder",
  },
  {
    name: "im:history",
    why: "receive commands sent to it directly, and find its own message there after a lost answer",
    without: "direct messages are not received, and one may arrive twice after a lost answer",
  },
  {
    name: "channels:read",
    why: "see that a public channel of the policy exists, is not archived and not shared",
    without: "public channels cannot be checked",
  },
  {
    name: "groups:read",
    why: "the same for private channels it was invited to",
    without: "private channels cannot be checked",
  },
  {
    name: "channels:history",
    why: "after a lost answer, look whether its own card is in the public channel already; nothing else is read",
    without: "a card may appear twice in a public channel after a lost answer",
  },
  {
    name: "groups:history",
    why: "the same for private channels it was invited to",
    without: "a card may appear twice in a private channel after a lost answer",
  },
];
