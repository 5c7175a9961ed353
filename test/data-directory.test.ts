import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { closeToOthers } from "../src/data-directory.ts";
import { keepDemoKey, readDemoKey } from "../src/demo-key.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "holdpoint-data-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
const modeOf = (path: string): number => lstatSync(path).mode & 0o7777;

test("what an older version left open is closed, through and through, and nothing outside is touched", () => {
  const around = folder();
  const data = join(around, "data");
  const outside = join(around, "outside");
  mkdirSync(join(data, "database", "base", "5"), { recursive: true });
  const files = ["log-key.pem", "demo-secrets.json", "database.lock", "database/base/5/1259"];
  for (const name of [...files, "../outside"]) writeFileSync(join(data, name), "x");
  for (const name of [...files, "../outside"]) chmodSync(join(data, name), 0o666);
  for (const name of ["", "database", "database/base", "database/base/5"])
    chmodSync(join(data, name), 0o777);
  symlinkSync(outside, join(data, "link"));
  symlinkSync(around, join(data, "link-to-directory"));

  closeToOthers(data);

  const names = readdirSync(data, { recursive: true, encoding: "utf8" });
  const found = names
    .filter((name) => !name.startsWith("link"))
    .map((name) => lstatSync(join(data, name)))
    .map((stats) => [stats.isDirectory(), stats.mode & 0o777]);
  expect(found).toHaveLength(7);
  expect(found.filter(([directory, mode]) => mode !== (directory ? 0o700 : 0o600))).toEqual([]);
  expect(modeOf(data)).toBe(0o700);
  expect(modeOf(outside)).toBe(0o666);
});

test("a directory that is not there yet is left to whoever makes it; one named by a link is meant", () => {
  const around = folder();
  const data = join(around, "data");

  closeToOthers(data);
  expect(readdirSync(around)).toEqual([]);

  mkdirSync(data, { mode: 0o755 });
  symlinkSync(data, join(around, "by-link"));
  closeToOthers(join(around, "by-link"));
  expect(modeOf(data)).toBe(0o700);
});

test("what is no directory of its own is refused in a sentence, and left as it is", () => {
  const file = join(folder(), "file");
  writeFileSync(file, "");
  const shared = folder();
  chmodSync(shared, 0o1777);

  expect(() => closeToOthers(file)).toThrow(/^HOLDPOINT_DATA: .*file is no directory\.$/);
  expect(() => closeToOthers(".")).toThrow(/holds more than Holdpoint's data/);
  expect(() => closeToOthers("/")).toThrow(/holds more than Holdpoint's data/);
  expect(() => closeToOthers(shared)).toThrow(/shared by all users of this machine/);
  expect(modeOf(shared)).toBe(0o1777);
});

test.runIf(process.getuid?.() === 0)(
  "somebody else's directory is refused, and somebody else's file in ours is left alone",
  () => {
    const theirs = folder();
    chownSync(theirs, 65534, 65534);
    const ours = folder();
    writeFileSync(join(ours, "theirs"), "");
    chmodSync(join(ours, "theirs"), 0o666);
    chownSync(join(ours, "theirs"), 65534, 65534);

    expect(() => closeToOthers(theirs)).toThrow(/belongs to user 65534, and this is user 0/);
    closeToOthers(ours);
    expect(modeOf(join(ours, "theirs"))).toBe(0o666);
  },
);

test("the demo key is made once, for its owner only, and a file that holds none is named", () => {
  const data = join(folder(), "new");

  expect(readDemoKey(data)).toBeNull();
  const first = keepDemoKey(data);
  expect(keepDemoKey(data).text).toBe(first.text);
  expect(readDemoKey(data)).toBe(first.text);
  expect(first.text).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect([modeOf(data), modeOf(join(data, "demo-key"))]).toEqual([0o700, 0o600]);
  expect(keepDemoKey(join(folder(), "other")).text).not.toBe(first.text);

  writeFileSync(join(data, "demo-key"), "short");
  expect(() => readDemoKey(data)).toThrow(/demo-key holds no key of Holdpoint; delete it/);
  expect(statSync(data).isDirectory()).toBe(true);
});
