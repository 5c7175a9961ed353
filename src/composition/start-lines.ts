import { type Chat, withTimeout } from "../app/ports.ts";
import type { Config } from "../config.ts";
import type { DemoKey } from "../demo-key.ts";
import type { Disk } from "../disk.ts";
import type { ServerDeps } from "../http/ports.ts";
import type { ChatParts } from "./chat-parts.ts";
import type { Parts } from "./core-parts.ts";

/** The lines printed at the start. */

export const socketLine =
  "Slack: Socket Mode, for development only. A connection that dies unnoticed loses presses; production is SLACK_SIGNING_SECRET over HTTP.";

const doctorsTime = 3_000;

/** The problems that the doctors find quickly; the start does not wait longer for them. */
export async function doctorLines({ platforms }: Parts): Promise<readonly string[]> {
  return (await Promise.all(platforms.map(linesOf))).flat();
}

async function linesOf(platform: ChatParts): Promise<readonly string[]> {
  const name = platform.chat.name.replace(/^./, (first) => first.toUpperCase());
  const late = `${name}: the check has not finished yet; run holdpoint doctor for its result`;
  const found = platform
    .examine()
    .then((findings) =>
      findings.filter(({ is }) => is !== "ok").map(({ what, fix }) => `${name}: ${what} ${fix}`),
    )
    .catch(() => []);
  return withTimeout(found, doctorsTime).catch(() => [late]);
}

/** A warning where the disk has little space left, if the system reports it. */
export async function roomLines(disk: Disk | null): Promise<readonly string[]> {
  const room = await disk?.look().catch(() => null);
  return room?.note ? [room.note] : [];
}

export function revealed({ operator, auditor, gateway }: Config["tokens"]): ServerDeps["tokens"] {
  return {
    operator: operator?.reveal() ?? null,
    auditor: auditor?.reveal() ?? null,
    gateway: gateway?.reveal() ?? null,
  };
}

export function startLines(
  { port, publicUrl, demo, dataDirectory }: Config,
  {
    url,
    demoKey,
    durability,
    chats,
  }: {
    readonly url: string;
    readonly demoKey: DemoKey | null;
    readonly durability: string;
    readonly chats: readonly Chat[];
  },
): readonly string[] {
  return [
    ...chats.map(({ name }) => `Chat: ${name}`),
    `Console: ${port === 0 ? url : publicUrl}${demoKey === null ? "" : `/?key=${demoKey.text}`}`,
    `Database: ${durability}`,
    demo.allowed
      ? `Demo mode: whoever opens that address on this machine can act as anybody. Its key is in ${dataDirectory}/demo-key; generated source secrets are in ${dataDirectory}/demo-secrets.json.`
      : `Demo mode is off: ${demo.because.join(", ")}.`,
  ];
}
