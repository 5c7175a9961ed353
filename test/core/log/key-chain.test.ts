import { describe, expect, test } from "vitest";
import type { Kept } from "../../../src/core/log/verdict.ts";
import { verifyExport } from "../../../src/core/log/verify.ts";
import { forged, log, once, second, seen, stolen, third } from "./rotations.ts";
import { entriesOf, exportOf, key } from "./support.ts";

const nothing: Kept = { vkey: null, checkpoints: [] };

describe("a log that another key took over", () => {
  test.each([
    ["the new key", second.vkey, "signed by the saved key"],
    ["the old key", key.vkey, "to which the saved one was handed over (entry 4)"],
  ])("is accepted with %s, and says which chain led there", (_name, vkey, says) => {
    const entries = log(once);
    const checkpoints = [seen(entries, 3, key), seen(entries, 5, key), seen(entries, 5, second)];

    const verdict = verifyExport(exportOf(entries, second), { vkey, checkpoints });

    expect(verdict).toMatchObject({ is: "OK", keyStolen: false });
    expect(verdict.because).toContain(says);
    expect(verdict.because).toContain("continues the 3 saved checkpoints");
  });

  test("twice is accepted with each of its three keys", () => {
    const entries = log({ 4: { from: key, to: second }, 7: { from: second, to: third } });

    const verdicts = [key, second, third].map(
      ({ vkey }) => verifyExport(exportOf(entries, third), { vkey, checkpoints: [] }).is,
    );

    expect(verdicts).toEqual(["OK", "OK", "OK"]);
  });

  test("may end with the entry that hands it over, signed by either key", () => {
    const entries = log(once).slice(0, 5);

    const verdicts = [key, second].map((by) => verifyExport(exportOf(entries, by), nothing).is);

    expect(verdicts).toEqual(["OK", "OK"]);
  });

  test("after a theft is accepted with the old key, which proves little", () => {
    const entries = log(stolen);

    const verdict = verifyExport(exportOf(entries, second), { vkey: key.vkey, checkpoints: [] });

    expect(verdict).toMatchObject({ is: "OK", keyStolen: true });
    expect(verdict.because).toContain("whoever stole it could have handed it over as well");
  });

  test("is still held against what a stolen key signed, and says that it was stolen", () => {
    const entries = log(stolen);
    const rewritten = entriesOf(10).map((entry, i) => (i === 4 ? { ...entry, id: "e_x" } : entry));
    const verdictOf = (...checkpoints: string[]) =>
      verifyExport(exportOf(entries, second), { vkey: second.vkey, checkpoints });

    expect(verdictOf(seen(entries, 3, key), seen(entries, 5, key)).is).toBe("OK");
    const forked = verdictOf(seen(rewritten, 5, key));
    expect(forked.is).toBe("FORKED");
    expect(forked.because).toContain("counts up to 3 entries only: it was stolen, as entry 6 says");
    expect(verdictOf(seen(rewritten, 9, key)).is).toBe("TAMPERED");
  });
});

describe("a rotation that is not one", () => {
  test.each(forged)("%s", (_name, entries, by, index, says) => {
    const verdict = verifyExport(exportOf(entries, by), nothing);

    expect(verdict).toMatchObject({ is: "TAMPERED", index });
    expect(verdict.because).toMatch(says);
  });

  test("whose entry was cut off with all after it is found with the old key", () => {
    const entries = log(once).slice(0, 4);
    const exported = exportOf(entries, second);

    // a log of the new key alone: only what was kept shows more
    expect(verifyExport(exported, nothing).is).toBe("OK");
    expect(verifyExport(exported, { vkey: key.vkey, checkpoints: [] }).is).toBe("TAMPERED");
  });

  test("that is hidden is found with the new key, or a checkpoint of it", () => {
    const hidden = exportOf(entriesOf(10), key);
    const entries = log(once);

    expect(verifyExport(hidden, { vkey: second.vkey, checkpoints: [] }).is).toBe("TAMPERED");
    const kept = { vkey: key.vkey, checkpoints: [seen(entries, 6, second)] };
    expect(verifyExport(hidden, kept).is).toBe("TAMPERED");
    const before = { vkey: key.vkey, checkpoints: [seen(entries, 5, key)] };
    expect(verifyExport(hidden, before).is).toBe("FORKED");
  });

  test("a checkpoint that the old key signed after it is refused", () => {
    const entries = log(once);
    const late = { vkey: second.vkey, checkpoints: [seen(entries, 7, key)] };

    const verdict = verifyExport(exportOf(entries, second), late);

    expect(verdict.is).toBe("TAMPERED");
    expect(verdict.because).toContain("was replaced at entry 4");
  });
});
