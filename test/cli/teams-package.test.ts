import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppManifestUtils } from "@microsoft/app-manifest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appPackage, teamsPackage } from "../../src/cli/teams-package.ts";
import { zip } from "../../src/cli/zip.ts";
import { readTeamsApp } from "../../src/config.ts";

const appId = "0b2d5b1a-0000-4000-8000-00000000000a";
const good = { MICROSOFT_APP_ID: appId, PUBLIC_URL: "https://hold.example.org/" };

let place = "";
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "holdpoint-teams-"));
});
afterAll(() => rm(place, { recursive: true }));

async function made(env: Record<string, string>, ...argv: readonly string[]) {
  const lines: string[] = [];
  const exit = await teamsPackage(argv, {
    out: (line) => void lines.push(line),
    app: () => readTeamsApp(env),
  });
  return { exit, lines: lines.map((line) => line.replaceAll(`${place}/`, "")) };
}

/** A reader by other hands. */
const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
if (python === undefined)
  process.stderr.write("\n*** SKIPPED, because there is no python3: reading the zip back\n\n");
const reader = `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
for name in archive.namelist(): print(name, archive.read(name).hex())
`;

function readBack(file: string): ReadonlyMap<string, Buffer> {
  const options = { encoding: "utf8", maxBuffer: 2 ** 24 } as const;
  const { stdout, stderr, status } = spawnSync(python ?? "", ["-c", reader, file], options);
  if (status !== 0) throw new Error(stderr);
  return new Map(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([entry = "", hex = ""]) => [entry, Buffer.from(hex, "hex")]),
  );
}

describe("teams package", () => {
  test.skipIf(python === undefined)(
    "makes a zip that others can read: the manifest with this app's id and host, and the icons",
    async () => {
      const file = join(place, "app.zip");

      const { exit, lines } = await made(good, file);

      expect(lines).toEqual([
        `app.zip: Holdpoint for Teams, bot ${appId}, server https://hold.example.org`,
      ]);
      expect(exit).toBe(0);
      const files = readBack(file);
      expect([...files.keys()]).toEqual(["manifest.json", "color.png", "outline.png"]);
      for (const icon of ["color.png", "outline.png"])
        expect(files.get(icon)).toEqual(await readFile(`src/chat/teams/${icon}`));
      const text = files.get("manifest.json")?.toString() ?? "";
      expect(JSON.parse(text)).toMatchObject({
        id: appId,
        bots: [{ botId: appId }],
        validDomains: ["hold.example.org"],
        developer: { websiteUrl: "https://hold.example.org" },
      });
      expect(text).not.toMatch(/holdpoint\.example\.com|00000000-0000-0000-0000-000000000000/);
    },
  );

  test.skipIf(python === undefined)("holds a manifest that Microsoft's schema takes", async () => {
    const file = join(place, "valid.zip");
    await made(good, file);

    const manifest = JSON.parse(readBack(file).get("manifest.json")?.toString() ?? "");

    const schema = JSON.parse(
      await readFile(
        "node_modules/@microsoft/app-manifest/build/json-schemas/teams/v1.19/MicrosoftTeams.schema.json",
        "utf8",
      ),
    );
    expect(await AppManifestUtils.validateAgainstSchema(manifest, schema)).toEqual([]);
  });

  test("made twice, it is the same byte for byte, and for another app it is not", async () => {
    const app = { appId, publicUrl: "https://hold.example.org" };

    const first = await appPackage(app);

    expect(Buffer.from(await appPackage(app)).equals(first)).toBe(true);
    const other = await appPackage({ ...app, publicUrl: "https://other.example.org" });
    expect(Buffer.from(other).equals(first)).toBe(false);
  });

  test("an id in capitals and a slash at the end change nothing", () => {
    expect(readTeamsApp({ ...good, MICROSOFT_APP_ID: appId.toUpperCase() })).toEqual({
      ok: true,
      app: { appId, publicUrl: "https://hold.example.org" },
    });
  });

  test.each([
    [{ MICROSOFT_APP_ID: "" }, "MICROSOFT_APP_ID is not set."],
    [{ MICROSOFT_APP_ID: "holdpoint" }, "MICROSOFT_APP_ID is not a GUID."],
    [{ MICROSOFT_APP_ID: `${appId} ` }, "MICROSOFT_APP_ID is not a GUID."],
    [{ PUBLIC_URL: "" }, "PUBLIC_URL is not set."],
    ...[
      "hold.example.org",
      "http://hold.example.org",
      "https://hold.example.org/path",
      "https://user@hold.example.org",
      "https://127.0.0.1",
      "https://localhost",
      'https://a".example.org',
      "https://hold.example.org:99999",
    ].map((address): [Record<string, string>, string] => [
      { PUBLIC_URL: address },
      "PUBLIC_URL is not like https://holdpoint.example.com (https, no path, not this machine).",
    ]),
  ] satisfies [Record<string, string>, string][])(
    "with %j it makes nothing and says why in one line",
    async (wrong, line) => {
      const file = join(place, "none.zip");

      expect(await made({ ...good, ...wrong }, file)).toEqual({ exit: 2, lines: [line] });
      await expect(readFile(file)).rejects.toThrow("ENOENT");
    },
  );

  test("with neither it names both", async () => {
    expect((await made({})).lines).toEqual([
      "MICROSOFT_APP_ID is not set.",
      "PUBLIC_URL is not set.",
    ]);
  });

  test.each([[["a.zip", "b.zip"]], [["--help"]]])("%j is not understood", async (argv) => {
    expect(await made(good, ...argv)).toEqual({
      exit: 2,
      lines: ["usage: holdpoint teams package [file], one file at a time"],
    });
  });
});

test.skipIf(python === undefined)(
  "an empty file and one of many bytes survive the zip",
  async () => {
    const big = Buffer.alloc(200_000, 7);
    const file = join(place, "two.zip");
    await writeFile(
      file,
      zip([
        { name: "empty", bytes: Buffer.alloc(0) },
        { name: "big", bytes: big },
      ]),
    );

    expect([...readBack(file)]).toEqual([
      ["empty", Buffer.alloc(0)],
      ["big", big],
    ]);
  },
);
