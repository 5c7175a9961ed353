import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { keptOnce, keptText } from "./kept-file.ts";

/**
 * What opens demo mode: whoever may read the data directory, or was given the address with the key
 * in it, may choose who to be.
 */
export interface DemoKey {
  /** The key itself, for the address that the start prints. */
  readonly text: string;
  /** Whether somebody has sent the key. */
  matches(sent: string): boolean;
  /**
   * What a browser keeps in place of the key: it opens pages and reads, and is no bearer token.
   * Browsers show a cookie to every port of a host, so that its name has ours in it.
   */
  cookie(port: number): { readonly name: string; readonly value: string };
}

const fileName = "demo-key";
const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/** The key of an earlier start; null where there was none. The CLI finds it here. */
export function readDemoKey(dataDirectory: string): string | null {
  const kept = keptText(dataDirectory, fileName);
  return kept === null ? null : checked(dataDirectory, kept);
}

/**
 * The data directory's key: made once, then kept, so that an address in a browser's bookmarks stays
 * good.
 */
export function keepDemoKey(dataDirectory: string): DemoKey {
  const make = (): string => `${randomBytes(32).toString("base64url")}\n`;
  return demoKeyOf(checked(dataDirectory, keptOnce(dataDirectory, fileName, make)));
}

/** A key with what it is compared with. */
export function demoKeyOf(text: string): DemoKey {
  const value = createHmac("sha256", text).update("holdpoint demo cookie").digest("base64url");
  return {
    text,
    matches: (sent) => timingSafeEqual(sha256(sent), sha256(text)),
    cookie: (port) => ({ name: `holdpoint_demo_${port}`, value }),
  };
}

function checked(dataDirectory: string, kept: string): string {
  const text = kept.trim();
  if (wellFormed.test(text)) return text;
  throw new Error(
    `${join(dataDirectory, fileName)} holds no key of Holdpoint; delete it to have a new one.`,
  );
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
