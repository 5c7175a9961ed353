import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { logConsistency } from "../../src/cli/log-consistency.ts";
import { exportLog } from "../../src/cli/log-export.ts";
import { logVerify } from "../../src/cli/log-verify.ts";
import { proveCheck, writeProof } from "../../src/cli/prove.ts";
import { witnessServer } from "../../src/cli/witness.ts";
import {
  type Checkpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from "../../src/core/log/checkpoint.ts";
import { append, consistencyProof, emptyRange, leafHash, root } from "../../src/core/log/merkle.ts";
import { submissionText } from "../../src/core/log/witness.ts";
import { keepNewest, keptText } from "../../src/kept-file.ts";
import { loadWitnessKey } from "../../src/keys.ts";
import { oneDatabase } from "../support/databases.ts";
import { auditorToken, logKey, operatorToken } from "../support/keys.ts";
import { freePort, program, scratch } from "../support/process.ts";
import { rewriteEntry } from "../support/tamper.ts";
import { everythingIsSaid, jailbreak, openWorld } from "../support/world.ts";
import type { World } from "../support/world-shape.ts";

/** The audit team's own witnesses cosign what the server signs, and nothing that takes it back. */

interface Witness {
  readonly vkey: string;
  readonly url: string;
  /** What it printed. */
  readonly lines: readonly string[];
}

async function startWitness(name: string): Promise<Witness> {
  const directory = mkdtempSync(join(tmpdir(), "holdpoint-witness-"));
  const key = loadWitnessKey(directory, name);
  const lines: string[] = [];
  const server = witnessServer({
    logs: [logKey.vkey],
    key,
    now: () => Date.parse("2026-11-23T10:00:00Z"),
    latest: (): Checkpoint | null => parseCheckpoint(keptText(directory, "newest") ?? "") ?? null,
    keep: (_checkpoint, note) => keepNewest(directory, "newest", note),
    out: (line) => lines.push(line),
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { vkey: key.vkey, url: `http://127.0.0.1:${port}`, lines };
}

/** The same as the program, in a process of its own. */
async function witnessProcess(name: string) {
  const directory = join(scratch(), "witness");
  const { vkey } = loadWitnessKey(directory, name);
  const listen = `127.0.0.1:${await freePort()}`;
  return {
    vkey,
    url: `http://${listen}`,
    /** Answers how to kill it. */
    start: async () => {
      const args = ["witness", directory, "--name", name, "--log", logKey.vkey, "--listen", listen];
      const child = program(args, {});
      const ended = once(child, "exit");
      onTestFinished(() => void child.kill("SIGKILL"));
      await once(child.stdout, "data");
      return async () => {
        child.kill("SIGKILL");
        await ended;
      };
    },
  };
}

const address = ({ vkey, url }: Pick<Witness, "vkey" | "url">): string =>
  `{ witness: "${vkey}", url: "${url}", privateAddresses: ["127.0.0.1"] }`;

const again = async (world: World): Promise<void> => {
  await world.database().query("update holdpoint.outbox set retry_at = null");
  await everythingIsSaid(world);
};

const asAuditor = { authorization: `Bearer ${auditorToken}` };

/** The root of the first `size` entries, from nothing but tiles: of hashes, and of the entries. */
async function rootsByTiles(world: World, size: number): Promise<readonly Uint8Array[]> {
  const bytes = async (path: string): Promise<Buffer> => {
    const response = await fetch(`${world.server().url}/log/tile/${path}`, { headers: asAuditor });
    expect(response.status, path).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const hashes = await bytes(`0/000.p/${size}`);
  const leaves = Array.from({ length: size }, (_, n) => hashes.subarray(n * 32, n * 32 + 32));
  const bundle = await bytes(`entries/000.p/${size}`);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at))
    entries.push(leafHash(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))));
  return [leaves, entries].map((all) => root(all.reduce(append, emptyRange)));
}

oneDatabase((kind) => {
  test("a decision is cosigned by every witness, also by one that was away, and its export and proof verify under a quorum", async () => {
    const first = await startWitness("audit.test/1");
    const second = await witnessProcess("audit.test/2");
    const world = await openWorld(kind, {
      outward: { schedule: [3_600_000, 3_600_000, 3_600_000] },
      policy: (yaml) =>
        `${yaml}\naudit:\n  ours: ${address(first)}\n  theirs: ${address(second)}\n`,
    });
    const server = { url: world.server().url, token: operatorToken };
    const dir = mkdtempSync(join(tmpdir(), "holdpoint-witnessed-"));
    const quorum = join(dir, "quorum");
    writeFileSync(
      quorum,
      `log ${logKey.vkey}\nwitness a ${first.vkey}\nwitness b ${second.vkey}\ngroup all-of-them all a b\nquorum all-of-them\n`,
    );
    const verified = async (name: string, witnessed: boolean) => {
      const lines: string[] = [];
      const directory = join(dir, name);
      expect(await exportLog(server, directory, witnessed)).toMatchObject({ ok: true });
      const code = await logVerify([directory, "--quorum", quorum], { out: (l) => lines.push(l) });
      return { code, said: lines.join("\n"), directory };
    };
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");

    const early = await exportLog(server, join(dir, "early"), true);
    const one = await verified("one", false);
    const kill = await second.start();
    await again(world);
    await world.say("chidi", "resume HP-1 because it was the eval"); // after what was cosigned
    const both = await verified("both", true);
    const file = join(dir, "HP-1.tlog-proof");
    await writeProof(server, { what: "HP-1", file });
    const lines: string[] = [];
    const proved = proveCheck({ file, key: null, quorum }, { out: (line) => lines.push(line) });

    expect(early).toMatchObject({
      ok: false,
      because: expect.stringContaining("cosigned by all witnesses of the policy yet (2)"),
    });
    expect(one).toMatchObject({
      code: 1,
      said: expect.stringMatching(
        /^OK, [\s\S]*Required, and not so: witness \(all-of-them needs 2/,
      ),
    });
    expect(both).toMatchObject({
      code: 0,
      said: expect.stringContaining(
        "Cosigned: audit.test/1 at 2026-11-23T10:00:00Z, audit.test/2 at ",
      ),
    });
    expect(both.said).toContain("signed by a log of the quorum file");
    expect([proved, lines[0]]).toEqual([0, expect.stringMatching(/^OK: entry \d+ of the \d+ of/)]);
    expect(lines[1]).toMatch(/^Cosigned: audit.test\/1/);

    const note = readFileSync(join(both.directory, "checkpoint"), "utf8");
    const { size = 0, root: signed } = parseCheckpoint(note) ?? {};
    expect(await rootsByTiles(world, size)).toEqual([signed, signed]);
    await kill();
    await second.start();
    const body = submissionText({ old: 0, hashes: [], note: `${note.split("— audit")[0]}` });
    const asked = await fetch(`${second.url}/add-checkpoint`, { method: "POST", body });
    expect([asked.status, await asked.text()]).toEqual([409, `${size}\n`]);
    expect(asked.headers.get("content-type")).toBe("text/x.tlog.size");
    const beyond = await fetch(`${server.url}/log/tile/0/000`, { headers: asAuditor });
    expect(beyond.status).toBe(404);
    const kept = { file: join(both.directory, "checkpoint"), key: logKey.vkey };
    expect(await logConsistency(server, kept)).toMatchObject({
      value: { ok: true, line: expect.stringMatching(/^OK: the log of \d+ entries begins with/) },
    });
  });

  test("a log that was rewritten gets no cosignature, and whoever kept a checkpoint sees it", async () => {
    const witness = await startWitness("audit.test/1");
    const world = await openWorld(kind, {
      check: false,
      outward: { schedule: [3_600_000] },
      policy: (yaml) => `${yaml}\naudit:\n  ours: ${address(witness)}\n`,
    });
    await world.send("signals", jailbreak());
    await world.say("chidi", "pause HP-1 because real");
    const before = await (
      await fetch(`${world.server().url}/log/checkpoint?witnessed=true`, { headers: asAuditor })
    ).text();
    const file = join(mkdtempSync(join(tmpdir(), "holdpoint-kept-")), "checkpoint");
    writeFileSync(file, before);
    const cosigned = witness.lines.length;

    await rewriteEntry(world.database(), 2, (text) => text.replace("jailbreak", "jailbroke"));
    const old = parseCheckpoint(before)?.size ?? 0;
    const forged = await signedAnew(world, old);
    const body = submissionText(forged);
    const submitted = await fetch(`${witness.url}/add-checkpoint`, { method: "POST", body });
    await world.database().query("update holdpoint.checkpoint set note = $1", forged.note);
    const asked = await logConsistency(
      { url: world.server().url, token: operatorToken },
      { file, key: logKey.vkey },
    );

    expect(openCheckpoint(before, logKey.vkey)).toMatchObject({ ok: true });
    expect(before).toContain("— audit.test/1 ");
    expect([409, 422]).toContain(submitted.status);
    expect(witness.lines.slice(cosigned)).toEqual([expect.stringMatching(/^Refused \(4\d\d\)/)]);
    expect(asked).toMatchObject({
      value: { ok: false, line: expect.stringMatching(/^FORKED: .*Keep both checkpoints/) },
    });
  });
});

/** What an operator with the log's key would submit who has rewritten the log. */
async function signedAnew(world: World, old: number) {
  const { store } = world.server();
  const { size } = await store.head();
  const leaves = await store.leafHashes(0, size);
  const note = signCheckpoint(
    { origin: logKey.origin, size, root: root(leaves.reduce(append, emptyRange)) },
    logKey,
  );
  const hashes = await consistencyProof(old, size, (level, index) => store.subtree(level, index));
  return { old, hashes, note };
}
