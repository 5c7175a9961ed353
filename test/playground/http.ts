import { z } from "zod";
import { channel, userOf, type Who } from "./cast.ts";
import { holdpointUrl, playgroundUrl } from "./programs.ts";

/**
 * What the Playground's HTTP API does for any user, and what Teams itself would send where the
 * Playground has no way to.
 */

async function asked(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Installs the app: installationUpdate and conversationUpdate at once. */
export function install(conversation: string): Promise<unknown> {
  return asked(
    `${playgroundUrl}/_debug/conversation/${encodeURIComponent(conversation)}/installation`,
    {},
  );
}

/** A button as the Playground's page sends it when it is pressed. */
export const pressed = z.object({
  name: z.literal("adaptiveCard/action"),
  value: z.looseObject({}),
  from: z.object({ id: z.string() }),
  conversation: z.object({ id: z.string() }),
  replyToId: z.string(),
});
const answer = z.object({ type: z.string(), value: z.unknown() });

/** Somebody else presses the same button; answers what they are told. */
export async function pressAs(who: Who, press: z.infer<typeof pressed>) {
  const from = { id: userOf(who).id };
  return answer.parse(await asked(`${playgroundUrl}/_conversation/v1/invoke`, { ...press, from }));
}

const base = z.looseObject({
  conversation: z.looseObject({}),
  channelData: z.looseObject({}),
});

/**
 * An invoke as Teams sends it from a dialog: the Playground has none, so only the frame around it
 * is the Playground's own.
 */
export async function invoke(who: Who, { name, thread, card, data }: Dialogue): Promise<unknown> {
  const template = new URL("/_internal/v1/customActivities/template", playgroundUrl);
  template.search = String(new URLSearchParams({ conversationId: channel.id, type: "botAdded" }));
  const { conversation, channelData, ...frame } = base.parse(await (await fetch(template)).json());
  const { id, name: called, aadObjectId } = userOf(who);
  const { tenant, team } = channelData;
  return asked(`${holdpointUrl}/api/messages`, {
    ...frame,
    type: "invoke",
    name,
    replyToId: card,
    membersAdded: undefined,
    from: { id, name: called, aadObjectId },
    conversation: { ...conversation, id: thread },
    channelData: { tenant, team, channel: { id: channel.id }, source: { name: "message" } },
    value: { data, context: { theme: "default" } },
  });
}

export interface Dialogue {
  readonly name: "task/fetch" | "task/submit";
  readonly thread: string;
  /** The activity whose button opened it. */
  readonly card: string;
  readonly data: unknown;
}
