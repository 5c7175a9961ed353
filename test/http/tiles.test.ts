import { expect, test } from "vitest";
import { tileNamed } from "../../src/http/reads/tile-routes.ts";

/** Names of tiles, as c2sp.org/tlog-tiles writes them. */

test.each([
  ["0/000", { level: 0, index: 0, width: 256 }],
  ["0/001.p/1", { level: 0, index: 1, width: 1 }],
  ["3/x001/x234/067", { level: 3, index: 1_234_067, width: 256 }],
  ["entries/x999/999.p/255", { level: "entries", index: 999_999, width: 255 }],
  ["63/255.p/9", { level: 63, index: 255, width: 9 }],
])("%s", (path, tile) => {
  expect(tileNamed(path)).toEqual(tile);
});

test.each([
  "",
  "0",
  "0/0",
  "0/0000",
  "0/x001",
  "0/001/002",
  "0/x000/001",
  "00/000",
  "64/000",
  "-1/000",
  "entry/000",
  "0/000.p/0",
  "0/000.p/256",
  "0/000.p/01",
  "0/000.p/",
  "0/000.p/1/2",
  "0/000/",
  "0/../checkpoint",
  "0/x001/x001/x001/x001/x001/001",
])("“%s” is no name of a tile", (path) => {
  expect(tileNamed(path)).toBeNull();
});
