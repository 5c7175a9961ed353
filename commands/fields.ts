import type { FormField } from "../src/app/ports.ts";
import { allTogether } from "../src/core/policy/groups.ts";
import type { Policy } from "../src/core/policy/model.ts";

/**
 * Fields that forms ask for when a command comes without arguments. Their `name` is the clause, or
 * "what", "word", "reason".
 */

export function deploymentField(policy: Policy): FormField {
  return {
    name: "what",
    label: "Deployment",
    kind: "choice",
    required: true,
    value: "",
    options: [...policy.deployments.values()].map(({ id, name }) => ({ value: id, label: name })),
  };
}

/** Slack refuses a form with a longer one, and the name of a model may be. */
const longestOption = 150;

/** The same for what can be said of a group or a model as well; those of one deployment are left out. */
export function targetField(policy: Policy): FormField {
  const field = deploymentField(policy);
  const together = allTogether(policy)
    .filter(({ name, deployments }) => deployments.length > 1 && name.length <= longestOption)
    .map(({ name, deployments }) => ({
      value: name,
      label: `${name} (${deployments.length} deployments)`,
    }));
  return { ...field, options: [...field.options, ...together] };
}

/** Which decision somebody breaks the glass for. */
export function decisionField(): FormField {
  return {
    name: "word",
    label: "Decision",
    kind: "choice",
    required: true,
    value: "",
    options: ["resume", "keep", "narrow", "pause"].map((value) => ({ value, label: value })),
  };
}

export function scopeField(policy: Policy): FormField {
  const scopes = new Set(
    [...policy.deployments.values()].flatMap((deployment) =>
      deployment.scopes.slice(1).map(({ id }) => id),
    ),
  );
  const options = [
    { value: "", label: "the next narrower" },
    ...[...scopes].map((id) => ({ value: id, label: id })),
  ];
  return { name: "to", label: "Scope", kind: "choice", required: false, value: "", options };
}

export function reasonField(required: boolean): FormField {
  return {
    name: "reason",
    label: "Because",
    kind: "text",
    required,
    value: "",
    options: [],
  };
}

export function wordField(name: string, label: string, required = true): FormField {
  return {
    name,
    label,
    kind: "text",
    required,
    value: "",
    options: [],
  };
}

export function dateField(name: string, label: string, required: boolean): FormField {
  return {
    name,
    label,
    kind: "date",
    required,
    value: "",
    options: [],
  };
}
