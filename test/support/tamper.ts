import { createHash } from "node:crypto";
import { append, type CompactRange, emptyRange } from "../../src/core/log/merkle.ts";
import type { FreshStore } from "./databases.ts";

/** What somebody can do who owns the tables: every trigger is off while they work. */

type Query = FreshStore["query"];

const guarded = ["entries", "entry_about", "nodes", "policies", "log_head", "log_identity"];

/** Runs `work` without the triggers that refuse it, and puts them back. */
export async function asOwner(query: Query, work: () => Promise<void>): Promise<void> {
  const set = async (to: "disable" | "enable"): Promise<void> => {
    for (const table of guarded) await query(`alter table holdpoint.${table} ${to} trigger user`);
  };
  await set("disable");
  try {
    await work();
  } finally {
    await set("enable");
  }
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** Writes every leaf hash, node and the head anew, from the entries as they are now. */
async function recompute(query: Query): Promise<void> {
  const rows = await query(
    "select index::int, encode(bytes, 'hex') from holdpoint.entries order by index",
  );
  let range: CompactRange = emptyRange;
  let level = rows.map(([, bytes]) => sha256(Buffer.of(0), Buffer.from(String(bytes), "hex")));
  for (const [index, leaf] of level.entries()) {
    range = append(range, leaf);
    const set = "update holdpoint.entries set leaf = decode($2, 'hex') where index = $1::int";
    await query(set, index, leaf.toString("hex"));
  }
  await query("delete from holdpoint.nodes");
  for (let depth = 1; level.length > 1; depth += 1) {
    const below = level;
    level = below.flatMap((left, at) => {
      const right = below[at + 1];
      return at % 2 === 0 && right ? [sha256(Buffer.of(1), left, right)] : [];
    });
    if (depth % 8 !== 0) continue;
    const add = "insert into holdpoint.nodes values ($1::int, $2::int, decode($3, 'hex'))";
    for (const [index, node] of level.entries())
      await query(add, depth, index, node.toString("hex"));
  }
  const peaks = range.peaks.map((peak) => `"\\\\x${Buffer.from(peak).toString("hex")}"`).join(",");
  const head = "update holdpoint.log_head set size = $1::int, peaks = $2::text::bytea[]";
  await query(head, range.size, `{${peaks}}`);
}

/** Replaces the text of one entry and computes the tree again. */
export async function rewriteEntry(
  { query }: Pick<FreshStore, "query">,
  index: number,
  change: (text: string) => string,
): Promise<void> {
  const find = "select encode(bytes, 'hex') from holdpoint.entries where index = $1::int";
  const [[bytes] = []] = await query(find, index);
  const text = change(Buffer.from(String(bytes), "hex").toString());
  await asOwner(query, async () => {
    const set = "update holdpoint.entries set bytes = decode($2, 'hex') where index = $1::int";
    await query(set, index, Buffer.from(text).toString("hex"));
    await recompute(query);
  });
}

/** Removes the last entries and makes the head that of the others. */
export async function dropLast({ query }: Pick<FreshStore, "query">, count: number): Promise<void> {
  await asOwner(query, async () => {
    const last = "index >= (select size from holdpoint.log_head) - $1::int";
    await query(`delete from holdpoint.entries where ${last}`, count);
    await query(`delete from holdpoint.entry_about where ${last}`, count);
    await recompute(query);
  });
}
