import { generateKeyPairSync } from "node:crypto";
import { loadLogKey } from "../../src/keys.ts";

/** The keys of every test world. */
export const operatorToken = "operator-token-for-tests-0123456789abcdef";
export const auditorToken = "auditor-token-for-tests-0123456789abcdef0";

export const pem = generateKeyPairSync("ed25519")
  .privateKey.export({ format: "pem", type: "pkcs8" })
  .toString();

export const logKey = loadLogKey({ origin: "holdpoint.test/log", pemOrPath: pem });

/** Demo mode's key in every test world that has it in its data directory. */
export const demoKey = "demo-key-for-tests-0123456789abcdefghijklmn";
