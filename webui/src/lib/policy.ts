// Policies as they are typed: what is wrong with them, and what is allowed but likely a mistake.
import type { Statement } from "../api/access";
import { matchesGlob } from "./glob";

/** What policies can be about, as the contract names it. A test compares it with the server's list. */
export const actionNames = [
  ...names("fs", "ReadRepository CreateRepository UpdateRepository AttachStorageNamespace ImportFromStorage ImportCancel " +
    "DeleteRepository ListRepositories ReadObject WriteObject DeleteObject ListObjects CreateCommit ReadCommit ListCommits " +
    "CreateBranch DeleteBranch ReadBranch RevertBranch ListBranches CreateTag DeleteTag ReadTag ListTags ReadConfig"),
  ...names("auth", "ReadUser CreateUser DeleteUser ListUsers ReadGroup CreateGroup DeleteGroup ListGroups AddGroupMember " +
    "RemoveGroupMember ReadPolicy CreatePolicy UpdatePolicy DeletePolicy ListPolicies AttachPolicy DetachPolicy " +
    "ReadCredentials CreateCredentials DeleteCredentials ListCredentials CreateUserExternalPrincipal " +
    "DeleteUserExternalPrincipal ReadExternalPrincipal"),
  ...names("ci", "ReadAction"),
  ...names("retention", "PrepareGarbageCollectionCommits GetGarbageCollectionRules SetGarbageCollectionRules PrepareGarbageCollectionUncommitted"),
  ...names("branches", "GetBranchProtectionRules SetBranchProtectionRules"),
  ...names("pr", "ReadPullRequest WritePullRequest ListPullRequests"),
  ...names("catalog", "ListNamespaces GetNamespace CreateNamespace UpdateNamespace DeleteNamespace ListTables ReadTable CreateTable " +
    "UpdateTable DeleteTable ListViews ReadView CreateView UpdateView DeleteView"),
];
const operators = ["IpAddress", "NotIpAddress", "StringLike", "StringNotLike"];

function names(service: string, verbs: string): string[] {
  return verbs.split(" ").map((verb) => `${service}:${verb}`);
}

const services = [...new Set(actionNames.map((name) => name.split(":", 1)[0] ?? ""))];

export interface CheckedPolicy {
  /** Null if there are errors. */
  statement: Statement[] | null;
  errors: string[];
  /** The server takes it, but it may not do what was meant. */
  hints: string[];
}

/** What is wrong with the name of a user, a group or a policy; null if nothing. */
export function accessNameError(name: string): string | null {
  if (name.trim() === "") return "A name is needed.";
  return name.includes("%") ? "A name cannot contain %." : null;
}

export const policyText = (statement: Statement[]) => JSON.stringify({ statement }, null, 2);

/** Checks the text of a policy, `id` being its name. */
export function checkPolicy(text: string, id = ""): CheckedPolicy {
  const errors: string[] = [];
  const hints: string[] = [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { statement: null, errors: [error instanceof Error ? error.message : String(error)], hints };
  }
  if (!isRecord(parsed)) return { statement: null, errors: ['A policy is an object: {"statement": […]}.'], hints };
  for (const field of unknownFields(parsed, ["id", "creation_date", "statement"])) errors.push(`There is no field ${field}.`);
  if (parsed.id !== undefined && id !== "" && parsed.id !== id) errors.push("The id cannot be changed.");
  const { statement } = parsed;
  if (!Array.isArray(statement) || statement.length === 0) errors.push("statement must be a list with at least one entry.");
  else statement.forEach((each: unknown, index) => checkStatement(`Statement ${index + 1}`, each, errors, hints));
  return { statement: errors.length > 0 ? null : (statement as Statement[]), errors, hints };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unknownFields = (value: Record<string, unknown>, known: string[]) => Object.keys(value).filter((field) => !known.includes(field));

function checkStatement(place: string, value: unknown, errors: string[], hints: string[]) {
  if (!isRecord(value)) {
    errors.push(`${place} must be an object.`);
    return;
  }
  for (const field of unknownFields(value, ["effect", "action", "resource", "condition"])) errors.push(`${place}: there is no field ${field}.`);
  if (value.effect !== "allow" && value.effect !== "deny") errors.push(`${place}: effect must be "allow" or "deny".`);
  if (!Array.isArray(value.action) || value.action.length === 0) errors.push(`${place}: action must be a list with at least one entry.`);
  else for (const action of value.action) checkAction(place, action, errors, hints);
  checkResource(place, value.resource, errors, hints);
  if (value.condition !== undefined) checkCondition(place, value.condition, errors, hints);
}

function checkAction(place: string, action: unknown, errors: string[], hints: string[]) {
  if (typeof action !== "string") {
    errors.push(`${place}: an action is a text, as "fs:ReadObject".`);
    return;
  }
  const [service, , more] = action.split(":");
  if (/^[*?:]+$/.test(action)) hints.push(`${place}: ${action} means all actions to some servers, and is refused by others. Name the services: fs:*.`);
  else if (!action.includes(":") || more !== undefined) errors.push(`${place}: the action ${action} is not of the form service:Verb.`);
  else if (!services.includes(service ?? "")) errors.push(`${place}: the service of ${action} is none of ${services.join(", ")}.`);
  else if (!actionNames.some((name) => matchesGlob(action, name))) hints.push(`${place}: no action is named ${action}.`);
}

/** A list of resources stands in a text. */
function resourcesOf(resource: string): unknown[] | null {
  if (!resource.startsWith("[") || !resource.endsWith("]")) return [resource];
  try {
    const parsed: unknown = JSON.parse(resource);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function checkResource(place: string, resource: unknown, errors: string[], hints: string[]) {
  if (typeof resource !== "string") {
    errors.push(`${place}: resource must be a text; several are a JSON list in a text.`);
    return;
  }
  const all = resourcesOf(resource);
  if (!all || all.length === 0) {
    errors.push(`${place}: the list of resources cannot be read, or is empty.`);
    return;
  }
  for (const each of all) {
    if (each === "*") continue;
    const parts = typeof each === "string" ? each.split(":") : [];
    if (parts[0] !== "arn" || parts.length < 6) errors.push(`${place}: ${JSON.stringify(each)} is no resource: "*", or arn:lakefs:fs:::….`);
    else if (parts[1] !== "lakefs" || !parts[2] || !parts.slice(5).join(":")) hints.push(`${place}: ${JSON.stringify(each)} fits nothing: resources are arn:lakefs:….`);
  }
}

/** "192.0.2.1", "10.0.0.0/8", "2001:db8::/32". */
export function isAddress(text: string): boolean {
  const [address = "", bits, more] = text.trim().split("/");
  const isV6 = address.includes(":");
  if (more !== undefined || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (isV6 ? 128 : 32)))) return false;
  if (isV6) return /^[0-9a-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`);
  const bytes = address.split(".");
  return bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255);
}

function checkCondition(place: string, condition: unknown, errors: string[], hints: string[]) {
  if (!isRecord(condition)) {
    errors.push(`${place}: condition must be an object.`);
    return;
  }
  for (const [operator, fields] of Object.entries(condition)) {
    if (!operators.includes(operator)) hints.push(`${place}: the condition ${operator} is unknown, so that the policy refuses everything. Known: ${operators.join(", ")}.`);
    if (!isRecord(fields) || !Object.values(fields).every((values) => Array.isArray(values) && values.every((each) => typeof each === "string"))) {
      errors.push(`${place}: ${operator} must hold lists of texts by fields, as {"SourceIp": ["10.0.0.0/8"]}.`);
    } else if (operator.endsWith("IpAddress")) {
      for (const value of Object.values(fields as Record<string, string[]>).flat().filter((each) => !isAddress(each))) {
        hints.push(`${place}: ${JSON.stringify(value)} is no address and no network, so that the policy refuses everything.`);
      }
    }
  }
}
