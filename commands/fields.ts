import type { FormField } from "../src/app/ports.ts";
import type { Policy } from "../src/core/policy/model.ts";

/** Fields that forms ask for when a command comes without arguments. Their `name` is the clause, or "what", "word", "reason". */

export const deploymentField = (policy: Policy): FormField => ({
  name: "what",
  label: "Deployment",
  kind: "choice",
  required: true,
  value: "",
  options: [...policy.deployments.values()].map(({ id, name }) => ({ value: id, label: name })),
});

/** Which decision somebody breaks the glass for. */
export const decisionField = (): FormField => ({
  name: "word",
  label: "Decision",
  kind: "choice",
  required: true,
  value: "",
  options: ["resume", "keep", "narrow", "pause"].map((value) => ({ value, label: value })),
});

export const scopeField = (policy: Policy): FormField => {
  const scopes = new Set(
    [...policy.deployments.values()].flatMap((one) => one.scopes.slice(1).map(({ id }) => id)),
  );
  const options = [
    { value: "", label: "the next narrower" },
    ...[...scopes].map((id) => ({ value: id, label: id })),
  ];
  return { name: "to", label: "Scope", kind: "choice", required: false, value: "", options };
};

export const reasonField = (required: boolean): FormField => ({
  name: "reason",
  label: "Because",
  kind: "text",
  required,
  value: "",
  options: [],
});

export const wordField = (name: string, label: string, required = true): FormField => ({
  name,
  label,
  kind: "text",
  required,
  value: "",
  options: [],
});

export const dateField = (name: string, label: string, required: boolean): FormField => ({
  name,
  label,
  kind: "date",
  required,
  value: "",
  options: [],
});
