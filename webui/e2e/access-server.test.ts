// The server in memory answers as the recorded one did, where the recordings are at hand.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { AccessServer } from "./access-server";

interface Step {
  name: string;
  path: string;
  method?: string;
  query?: Record<string, string>;
  json?: Record<string, unknown>;
  /** The step is sent once for each of these values. */
  each?: Record<string, string>[];
}

interface Recorded {
  name: string;
  status: number;
  json?: { message?: string; results?: { id?: string }[] } | null;
}

const folder = resolve("../../shared/conformance");
const uid = "u1d";
const read = (kind: string, name: string) => JSON.parse(readFileSync(`${folder}/${kind}/${name}.json`, "utf8")) as { steps: unknown[] };

/** What is left out: other routes, what depends on a session, on keys that were made, on the default groups. */
const isOurs = (step: Step & { auth?: unknown; text?: unknown; if?: unknown }) =>
  /^\/api\/v1\/auth\/(users|groups|policies)/.test(step.path) &&
  step.auth === undefined &&
  step.text === undefined &&
  !step.name.startsWith("default ") &&
  !/principals|\$\{(k|l|o)\}|Viewers|Admins|Supers|Developers/.test(JSON.stringify(step)) &&
  (step.method === undefined || step.method === "GET" || step.method === "DELETE" || step.method === "PUT" || step.json !== undefined || step.path.endsWith("/credentials"));

const fill = (text: string, values: Record<string, string>) => text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

describe.runIf(existsSync(folder))("answers like", () => {
  it.each([
    ["auth-rbac-groups", "internal"],
    ["auth-rbac-group-acl", "internal"],
    ["auth-rbac-policies", "internal"],
  ] as const)("%s", (name, mode) => {
    const server = new AccessServer(mode);
    const recorded = new Map((read("golden", name).steps as Recorded[]).map((step) => [step.name, step]));
    let compared = 0;
    for (const step of (read("scenarios", name).steps as Step[]).filter(isOurs)) {
      for (const values of step.each ?? [{}]) {
        const label = step.each ? `${step.name} [${Object.entries(values).map(([key, value]) => `${key}=${value}`).join(", ")}]` : step.name;
        const all = { uid, ...values };
        const send = () =>
          server.answer(
            step.method ?? "GET",
            fill(step.path, all).replace("/api/v1", ""),
            new URLSearchParams(fill(new URLSearchParams(step.query).toString().replaceAll("%24%7B", "${").replaceAll("%7D", "}"), all)),
            JSON.parse(fill(JSON.stringify(step.json ?? {}), all)) as Record<string, unknown>,
          );
        const answer = send();
        const known = recorded.get(label);
        if (!known) continue;
        compared++;
        const got = answer.json as Recorded["json"];
        expect(answer.status, `${label}: ${JSON.stringify(got)}`).toBe(known.status);
        const said = known.json?.message;
        if (said && !said.startsWith("request body has an error")) expect(got?.message, label).toBe(said.replaceAll("<uid>", uid));
        if (known.json?.results && !JSON.stringify(step.query ?? {}).includes("${next}")) {
          expect(got?.results?.map(({ id }) => id), label).toEqual(known.json.results.map(({ id }) => id?.replace("<uid>", uid)));
        }
      }
    }
    expect(compared).toBeGreaterThan(15);
  });
});
