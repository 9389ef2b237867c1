import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { accessNameError, actionNames, checkPolicy, isAddress, policyText } from "./policy";
import type { Statement } from "../api/access";

const good: Statement = { effect: "allow", action: ["fs:ReadObject"], resource: "*" };
const check = (change: Record<string, unknown>) => checkPolicy(JSON.stringify({ statement: [{ ...good, ...change }] }));

describe("a policy", () => {
  it("is taken as it was typed", () => {
    const deny: Statement = {
      effect: "deny",
      action: ["fs:Delete*", "branches:*"],
      resource: '["arn:lakefs:fs:::repository/a/*", "arn:lakefs:fs:::repository/b"]',
      condition: { IpAddress: { SourceIp: ["10.0.0.0/8"] } },
    };
    expect(checkPolicy(policyText([good, deny]))).toEqual({ statement: [good, deny], errors: [], hints: [] });
    expect(checkPolicy(JSON.stringify({ id: "a", creation_date: 1, statement: [good] }), "a").errors).toEqual([]);
  });

  it.each([
    ["{", "JSON"],
    ["[]", "is an object"],
    ["{}", "at least one entry"],
    ['{"statement": []}', "at least one entry"],
    ['{"statement": [1]}', "Statement 1 must be an object"],
    ['{"statements": []}', "no field statements"],
    ['{"id": "b", "statement": [{}]}', "id cannot be changed"],
  ])("is refused as a whole: %s", (text, said) => {
    const checked = checkPolicy(text, "a");
    expect(checked.statement).toBeNull();
    expect(checked.errors.join(" ")).toContain(said);
  });

  it.each([
    [{ effect: "Allow" }, "effect must be"],
    [{ actions: [] }, "no field actions"],
    [{ action: "fs:*" }, "action must be a list"],
    [{ action: [] }, "action must be a list"],
    [{ action: [1] }, "an action is a text"],
    [{ action: ["fs"] }, "service:Verb"],
    [{ action: ["fs:a:b"] }, "service:Verb"],
    [{ action: ["FS:Read"] }, "is none of fs, auth"],
    [{ resource: ["*"] }, "must be a text"],
    [{ resource: "repository/a" }, "is no resource"],
    [{ resource: "[]" }, "cannot be read"],
    [{ resource: "[1]" }, "is no resource"],
    [{ condition: [] }, "condition must be"],
    [{ condition: { IpAddress: { SourceIp: "10.0.0.1" } } }, "lists of texts"],
  ])("is refused for a statement: %j", (change, said) => {
    const checked = check(change);
    expect(checked.statement).toBeNull();
    expect(checked.errors.join(" ")).toContain(said);
  });

  it.each([
    [{ action: ["fs:ReadObjects"] }, "no action is named fs:ReadObjects"],
    [{ action: ["*"] }, "all actions to some servers"],
    [{ resource: "arn:aws:s3:::bucket" }, "fits nothing"],
    [{ condition: { IpAddress: { SourceIp: ["10.0.0.0/8", "10.0.0.300"] } } }, "10.0.0.300"],
    [{ condition: { StringEquals: { x: ["y"] } } }, "refuses everything"],
  ])("is taken with a hint: %j", (change, said) => {
    const checked = check(change);
    expect(checked.errors).toEqual([]);
    expect(checked.statement).not.toBeNull();
    expect(checked.hints.join(" ")).toContain(said);
  });

  it("knows the actions that the server knows", () => {
    const header = readFileSync(resolve("../src/auth/action.h"), "utf8");
    expect(actionNames).toEqual([...header.matchAll(/^ {4}"(\w+:\w+)",$/gm)].map(([, name]) => name));
  });
});

// What a server of the reference stores, where its recorded answers are at hand.
const recorded = resolve("../../shared/fixtures/auth/policy-vectors.json");
interface Write {
  id: string;
  error?: string;
  policy: { name: string; statement: Statement[] };
}

describe.runIf(existsSync(recorded))("recorded policies", () => {
  const writes = existsSync(recorded) ? (JSON.parse(readFileSync(recorded, "utf8")) as { writes: Write[] }).writes : [];
  const ofStatements = writes.filter(({ id }) => !id.startsWith("write/name"));

  it.each(ofStatements.map((write) => [write.id, write] as const))("%s", (_, { policy, error }) => {
    const checked = checkPolicy(policyText(policy.statement));
    // A list of resources is in the contract, though that server lacks it.
    const isList = policy.statement.some(({ resource }) => resource === '["*"]');
    if (error === undefined || isList) expect(checked.errors).toEqual([]);
    else expect([...checked.errors, ...checked.hints]).not.toEqual([]);
  });
});

describe("addresses", () => {
  it("are single ones or networks", () => {
    for (const text of ["192.0.2.1", " 10.0.0.0/8", "::1", "2001:db8::/32", "::ffff:1.2.3.4"]) expect(isAddress(text), text).toBe(true);
    for (const text of ["", "bad", "10.0.0", "010.0.0.1", "10.0.0.0/33", "10.0.0.0/8/9", "::1/129", ":::", "1.2.3.4:80", "[::1]"]) {
      expect(isAddress(text), text).toBe(false);
    }
  });
});

describe("names", () => {
  it("are not empty and have no percent sign", () => {
    expect(accessNameError("alice@example.com")).toBeNull();
    for (const name of ["", "  ", "a%b"]) expect(accessNameError(name)).not.toBeNull();
  });
});
