import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type ClientResult, request, type ServerAddress } from "./operator-client.ts";
import { causeOf } from "./signal-send.ts";

export const USAGE = "usage: holdpoint log export <dir> [--witnessed]";

export interface ExportAsked {
  readonly directory: string;
  /** Only up to the newest checkpoint that all witnesses of the policy cosigned. */
  readonly witnessed: boolean;
}

/** What the arguments ask for; null = something else. */
export function exportAsked(argv: readonly string[]): ExportAsked | null {
  const [directory = "", more] = argv.filter((word) => word !== "--witnessed");
  const witnessed = argv.includes("--witnessed");
  const isOdd = directory === "" || directory.startsWith("-") || more !== undefined;
  return isOdd ? null : { directory, witnessed };
}

/** The files that an export may contain; any other name from a server is refused. */
const exportedFile =
  /^(?:entries\.jsonl|leaves|checkpoint|log\.pub|disclosures\.jsonl|policies\/[0-9a-f]{64}\.json)$/;
const exportLine = z.union([
  z.strictObject({ file: z.string().regex(exportedFile), chunk: z.base64() }),
  z.strictObject({ end: z.literal(true) }),
]);
type ExportLine = z.infer<typeof exportLine>;

/**
 * Writes a running server's log into a directory, byte for byte, as `log verify` reads it. The
 * directory must be new or empty, so that no files of an older export remain. An export that was
 * cut off is reported.
 */
export async function exportLog(
  server: ServerAddress,
  directory: string,
  witnessed = false,
): Promise<ClientResult<{ readonly files: number }>> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await readdir(directory)).length > 0) return failed(`${directory} is not empty.`);
    const asked = await request(server, `/log/export${witnessed ? "?witnessed=true" : ""}`);
    if (!asked.ok) return asked;
    return await write(directory, exportLines(asked.value));
  } catch (error) {
    return failed(`The export failed: ${causeOf(error)}`);
  }
}

async function write(
  directory: string,
  lines: AsyncIterable<ExportLine>,
): Promise<ClientResult<{ readonly files: number }>> {
  const files = new Map<string, FileHandle>();
  let whole = false;
  try {
    for await (const line of lines) {
      if ("end" in line) {
        whole = true;
      } else {
        const file = files.get(line.file) ?? (await create(join(directory, line.file)));
        files.set(line.file, file);
        await file.write(Buffer.from(line.chunk, "base64"));
      }
    }
    for (const file of files.values()) await file.datasync();
  } finally {
    for (const file of files.values()) await file.close();
  }
  return whole
    ? { ok: true, value: { files: files.size } }
    : failed("The export was cut off; delete the directory and export again.");
}

/** `wx`: never overwrites a file, nor follows a link to one. */
async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, "wx", 0o600);
}

async function* exportLines(response: Response): AsyncGenerator<ExportLine> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of response.body ?? []) {
    const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield exportLine.parse(JSON.parse(line));
  }
}

const failed = (because: string): ClientResult<never> => ({ ok: false, because, errors: [] });
