// Retention rules as they are typed: in fields, or as JSON.
import type { RetentionRules } from "../api/settings";

const daysMax = 2 ** 31 - 1;

/** What is wrong with a number of days as it was typed; null if nothing. */
export function daysError(text: string): string | null {
  if (!/^\d+$/.test(text.trim())) return "A whole number of days.";
  const days = Number(text);
  if (days < 1) return "At least one day.";
  return days <= daysMax ? null : `At most ${daysMax} days.`;
}

export type TypedBranches = [branch: string, days: string][];

/** JSON of what was typed in fields, right or wrong. */
export function typedText(days: string, branches: TypedBranches): string {
  const number = (text: string) => (daysError(text) === null ? Number(text) : text);
  const rules = branches.map(([branch, each]) => ({ branch_id: branch.trim(), retention_days: number(each) }));
  return JSON.stringify({ default_retention_days: number(days), branches: rules }, null, 2);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function daysAt(place: string, value: unknown): number {
  if (typeof value !== "number") throw new Error(`${place} must be a number.`);
  const wrong = daysError(String(value));
  if (wrong) throw new Error(`${place}: ${wrong}`);
  return value;
}

/** The rules in a JSON text. Throws what is wrong: nothing that the server would not know is dropped. */
export function parseRules(text: string): RetentionRules {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) throw new Error("The rules are an object: {…}.");
  const { default_retention_days, branches = [], ...unknown } = parsed;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw new Error(`There is no field ${extra}.`);
  const days = daysAt("default_retention_days", default_retention_days);
  if (!Array.isArray(branches)) throw new Error("branches must be a list: […].");
  const seen = new Set<string>();
  return {
    default_retention_days: days,
    branches: branches.map((rule: unknown, index) => {
      const place = `branches, entry ${index + 1}`;
      if (!isRecord(rule) || typeof rule.branch_id !== "string" || rule.branch_id.trim() === "") {
        throw new Error(`${place}: branch_id must name a branch.`);
      }
      if (seen.has(rule.branch_id)) throw new Error(`${place}: ${rule.branch_id} stands there twice.`);
      seen.add(rule.branch_id);
      return { branch_id: rule.branch_id, retention_days: daysAt(`${place}: retention_days`, rule.retention_days) };
    }),
  };
}
