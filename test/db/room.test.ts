import { expect, test } from "vitest";
import { storeOver } from "../../db/store.ts";
import { delivery } from "./support.ts";

test("a database whose last write found no room has none until a write works, or nobody tried for a minute", async () => {
  let isFull = true;
  let now = 0;
  const store = storeOver(
    async () => {
      if (isFull)
        throw Object.assign(new Error("could not extend file: No space left on device"), {
          code: "53100",
        });
      return [["d_1"]];
    },
    async () => undefined,
    { now: () => now },
  );
  const write = () => store.storeDeliveries([delivery("d_1")]);
  const before = await store.hasRoom();

  await expect(write()).rejects.toThrow("No space left");
  const after = await store.hasRoom();
  isFull = false;
  await store.ping().catch(() => undefined);
  const read = await store.hasRoom();
  await write();
  const written = await store.hasRoom();
  isFull = true;
  await expect(write()).rejects.toThrow("No space left");
  now += 60_001;
  const later = await store.hasRoom();

  expect({ before, after, read, written, later }).toEqual({
    before: true,
    after: false,
    read: false,
    written: true,
    later: true,
  });
});

test("a database that failed for another reason has room", async () => {
  const gone = Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" });
  const store = storeOver(
    () => Promise.reject(gone),
    async () => undefined,
  );

  await expect(store.storeDeliveries([delivery("d_1")])).rejects.toThrow();

  expect(await store.hasRoom()).toBe(true);
});

test("where nobody stores anything for a minute, a try of its own says whether there is room, once for all who ask", async () => {
  let isFull = true;
  let now = 0;
  let asked = 0;
  const store = storeOver(
    async () => {
      asked += 1;
      if (isFull) throw Object.assign(new Error("No space left on device"), { code: "53100" });
      return [["d_1"]];
    },
    async () => undefined,
    { now: () => now, tryRoom: "row" },
  );
  await expect(store.storeDeliveries([delivery("d_1")])).rejects.toThrow("No space left");
  asked = 0;

  now += 60_001;
  const still = await Promise.all([store.hasRoom(), store.hasRoom()]);
  const soonAfter = await store.hasRoom();
  const tries = asked;
  isFull = false;
  now += 60_001;
  const mended = await store.hasRoom();
  await store.hasRoom();

  expect({ still, soonAfter, tries, mended }).toEqual({
    still: [false, false],
    soonAfter: false,
    tries: 1,
    mended: true,
  });
  expect(asked).toBe(3); // the try, and its row emptied; none when all is well
});

test("a database that was full and does not answer the try is not said to have room", async () => {
  let now = 0;
  let error = Object.assign(new Error("No space left on device"), { code: "53100" });
  const store = storeOver(
    () => Promise.reject(error),
    async () => undefined,
    { now: () => now, tryRoom: "row" },
  );
  await expect(store.storeDeliveries([delivery("d_1")])).rejects.toThrow();
  error = Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" });
  now += 60_001;

  expect(await store.hasRoom()).toBe(false);
});

test("where room is tried beside the database, nothing is said to it, and there is room when the file can be written", async () => {
  let isFull = true;
  let now = 0;
  let asked = 0;
  const store = storeOver(
    async () => {
      asked += 1;
      throw Object.assign(new Error("No space left on device"), { code: "53100" });
    },
    async () => undefined,
    {
      now: () => now,
      tryRoom: async () => {
        if (isFull) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      },
    },
  );
  await expect(store.storeDeliveries([delivery("d_1")])).rejects.toThrow("No space left");
  now += 60_001;

  const full = [await store.hasRoom(), await store.hasRoom()];
  isFull = false;
  const mended = await store.hasRoom();

  expect({ full, mended, asked }).toEqual({ full: [false, false], mended: true, asked: 1 });
});
