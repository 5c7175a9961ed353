import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { z } from "zod";
import type { Who } from "./cast.ts";
import { invoke } from "./http.ts";

const submitted = z.object({
  conversation: z.object({ id: z.string() }),
  replyToId: z.string(),
  value: z.looseObject({ msteams: z.looseObject({ type: z.string() }).optional() }),
});
const task = z.object({
  task: z.union([
    z.object({
      type: z.literal("continue"),
      value: z.object({ title: z.string(), card: z.object({ content: z.unknown() }) }),
    }),
    z.object({ type: z.literal("message"), value: z.string() }),
  ]),
});

const require = createRequire(import.meta.url);
const scripts = [
  require.resolve("adaptivecards/dist/adaptivecards.min.js"),
  "test/playground/in-page/dialog.js",
];

/**
 * The Playground sends a press that asks for a dialog as a plain message. Here it is what it would
 * be in Teams: task/fetch, a window, task/submit.
 */
export async function openDialogs(page: Page, who: Who): Promise<void> {
  const show = async (answered: unknown): Promise<void> => {
    const read = task.safeParse(answered);
    const shown = read.success ? shownBy(read.data.task) : null;
    await page.evaluate(`showDialog(${JSON.stringify(shown)})`);
  };
  for (const path of scripts) await page.addInitScript({ path });
  let at = { thread: "", card: "" };
  await page.exposeFunction("teamsSubmit", async (data: unknown) =>
    show(await invoke(who, { name: "task/submit", ...at, data })),
  );
  await page.route("**/_conversation/v1/submit", async (route) => {
    const { conversation, replyToId, value } = submitted.parse(route.request().postDataJSON());
    if (value.msteams?.type !== "task/fetch") return route.continue();
    const { msTeams: _added, ...data } = value;
    at = { thread: conversation.id, card: replyToId };
    await route.fulfill({ status: 200 });
    await show(await invoke(who, { name: "task/fetch", ...at, data }));
  });
}

/** An answer that asks for nothing closes the window. */
const shownBy = (answered: z.infer<typeof task>["task"]) =>
  answered.type === "message"
    ? { title: "Holdpoint", card: null, text: answered.value }
    : { title: answered.value.title, card: answered.value.card.content, text: "" };
