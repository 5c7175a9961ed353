import { readFile, writeFile } from "node:fs/promises";
import { zip } from "./zip.ts";

/** The owner of the app, and its settings. */
export interface TeamsApp {
  /** The bot's application id, a GUID. */
  readonly appId: string;
  /** Origin of the server, https. */
  readonly publicUrl: string;
}

interface Io {
  readonly out: (line: string) => void;
  readonly app: () =>
    | { readonly ok: true; readonly app: TeamsApp }
    | { readonly ok: false; readonly problems: readonly string[] };
}

/**
 * Creates the file that is uploaded to Teams, from the manifest and the icons in src/chat/teams.
 * Exit code 0 created, 2 usage or a missing variable.
 */
export async function teamsPackage(argv: readonly string[], io: Io): Promise<0 | 2> {
  const [file = "holdpoint-teams.zip", ...more] = argv;
  if (more.length > 0 || file.startsWith("--")) {
    io.out("usage: holdpoint teams package [file], one file at a time");
    return 2;
  }
  const read = io.app();
  if (!read.ok) {
    for (const problem of read.problems) io.out(problem);
    return 2;
  }
  await writeFile(file, await appPackage(read.app));
  io.out(`${file}: Holdpoint for Teams, bot ${read.app.appId}, server ${read.app.publicUrl}`);
  return 0;
}

/** The bytes of that file, the same for the same app. */
export async function appPackage(app: TeamsApp): Promise<Uint8Array> {
  return zip([
    { name: "manifest.json", bytes: Buffer.from(manifestFor(app, await text("manifest.json"))) },
    { name: "color.png", bytes: await bytes("color.png") },
    { name: "outline.png", bytes: await bytes("outline.png") },
  ]);
}

const placeholders = {
  appId: "00000000-0000-0000-0000-000000000000",
  host: "holdpoint.example.com",
};

/** Inserts them value by value, so that no value can break out of its string. */
function manifestFor({ appId, publicUrl }: TeamsApp, template: string): string {
  const { host } = new URL(publicUrl);
  const filled: unknown = JSON.parse(template, (_key, value: unknown) =>
    typeof value === "string"
      ? value.replace(placeholders.appId, () => appId).replace(placeholders.host, () => host)
      : value,
  );
  return `${JSON.stringify(filled, null, 2)}\n`;
}

const folder = new URL("../chat/teams/", import.meta.url);
const bytes = (name: string): Promise<Buffer> => readFile(new URL(name, folder));
const text = (name: string): Promise<string> => readFile(new URL(name, folder), "utf8");
