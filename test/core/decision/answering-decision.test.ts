import { expect, test } from "vitest";
import { ownDecision } from "../../../src/core/decision/answering-decision.ts";
import type { EntryOf } from "../../../src/core/log/entry.ts";

type Made = EntryOf<"decision.made">;

const made = (id: string, given: Partial<Made>): Made =>
  ({ id, decision: "pause", escalation: "HP-1", settles: [], undoes: "", ...given }) as Made;

const pause = made("e_pause", { settles: ["HP-1", "HP-2"] });
const resume = made("e_resume", { decision: "resume" });
const undo = made("e_undo", { decision: "resume", undoes: "e_pause" as Made["undoes"] });
const second = made("e_2", { settles: ["HP-1"] });
const settling = made("e_r", { decision: "resume", settles: ["HP-1"] });
const retest = made("e_retest", { decision: "retest" });

test.each([
  ["the pause that settled it, not the resume after it", [pause, resume], "e_pause"],
  ["the first that settled it, not a stricter one later", [pause, made("e_b", {})], "e_pause"],
  ["nothing, where it was taken back", [pause, undo], undefined],
  ["the second try, where the first was taken back", [pause, undo, second], "e_2"],
  ["a resume, where that is what settled it", [settling], "e_r"],
  ["what was asked for meanwhile, where nothing settled it", [retest, resume], "e_retest"],
  ["what settled it, not what was asked for before", [retest, pause], "e_pause"],
  ["nothing, where only a resume names it", [resume], undefined],
  ["nothing, where nobody decided", [], undefined],
])("an escalation's own decision is %s", (_, all, id) => {
  expect(ownDecision("HP-1", all)?.id).toBe(id);
});
