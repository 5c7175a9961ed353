import { closest } from "../../did-you-mean.ts";
import { type CheckInput, type Finding, known, oneOf } from "./findings.ts";

/** Whether what a sender means is there: a deployment, `group:` and a group, `model:` and a model. */
export function checkReached(look: CheckInput, name: string, path: Finding["path"]): void {
  const { doc, report } = look;
  const [, kind = "", rest = ""] = /^(group|model):(.*)$/s.exec(name) ?? [];
  if (kind === "") return void known(look, { section: "deployments", name, path });
  if (kind === "group") {
    const all = Object.keys(doc.groups ?? {});
    return void oneOf(report, { all, name: rest, path, what: "no group" });
  }
  const models = [...new Set(Object.values(doc.deployments).map(({ model }) => model))].filter(
    (model) => model !== "",
  );
  if (models.includes(rest)) return;
  const near = closest(rest, models);
  report.error(
    path,
    `no deployment has the model “${rest}”${near === undefined ? "" : `; did you mean ${near}?`}`,
    models.join(", ") || null,
  );
}
