// Users, groups, policies and keys as a server with them answers, in memory: for flows of pages
// whose service another server has. access-server.test.ts holds it against recorded answers.
import type { Page as BrowserPage } from "playwright-core";
import { isAddress } from "../src/lib/policy";

interface Statement {
  effect: string;
  action: string[];
  resource: string;
  condition?: Record<string, Record<string, string[]>>;
}

interface Policy {
  id: string;
  creation_date: number;
  statement: Statement[];
  /** The level that it stands for, where groups have levels. */
  level?: string;
}

export interface Answer {
  status: number;
  json?: unknown;
}

type Handler = (names: string[], query: URLSearchParams, body: Record<string, unknown>) => Answer;

const now = 1_790_000_000;
const pageMax = 1000;
const fail = (status: number, message: string, more = {}): Answer => ({ status, json: { message, ...more } });
const notFound = (what: string) => fail(404, what);
const exists = fail(409, "Already exists");
const refusedName = (kind: string, name: unknown): Answer | null => {
  if (typeof name !== "string") return fail(400, "request body has an error");
  if (name.includes("%")) return fail(400, `${kind} name cannot contain '%'`);
  const said = kind === "Policy" ? ["empty name: validation error", "name contains delimiter /: validation error"] : [];
  if (name === "") return fail(400, said[0] ?? "invalid request");
  return name.includes("/") ? fail(400, said[1] ?? "invalid request") : null;
};
const allowed: Record<string, string[]> = {
  Read: ["fs:List*", "fs:Read*"],
  Write: ["fs:Read*", "fs:List*", "fs:WriteObject", "fs:DeleteObject"],
  Super: ["fs:*"],
  Admin: ["fs:*", "auth:*", "ci:*", "retention:*", "branches:*", "pr:*"],
};

export class AccessServer {
  readonly users = new Map<string, { keys: string[] }>();
  readonly groups = new Map<string, { description?: string; members: Set<string> }>();
  readonly policies = new Map<string, Policy>();
  /** Of "users NAME" and "groups NAME". */
  private readonly attached = new Map<string, Set<string>>();
  private made = 0;

  constructor(readonly mode: "internal" | "simplified") {}

  /** Stands in for these routes of the server that the page talks to. */
  async install(page: BrowserPage): Promise<void> {
    await page.route("**/api/v1/setup_lakefs", async (route) => {
      const response = await route.fetch();
      const state = (await response.json()) as { login_config: object };
      await route.fulfill({ json: { ...state, login_config: { ...state.login_config, RBAC: this.mode } } });
    });
    await page.route(/\/api\/v1\/auth\/(capabilities|users|groups|policies)/, async (route) => {
      const request = route.request();
      const url = new URL(request.url());
      const body = (request.postDataJSON() ?? {}) as Record<string, unknown>;
      const { status, json } = this.answer(request.method(), url.pathname.replace("/api/v1", ""), url.searchParams, body);
      await route.fulfill({ status, ...(json === undefined ? {} : { json }) });
    });
  }

  answer(method: string, path: string, query = new URLSearchParams(), body: Record<string, unknown> = {}): Answer {
    const parts = path.split("/").slice(2).map(decodeURIComponent);
    const names = parts.filter((_, index) => index % 2 === 1);
    const shape = parts.filter((_, index) => index % 2 === 0).join("/") + (parts.length % 2 === 0 ? "/" : "");
    if (this.mode === "simplified" && shape.includes("policies")) return fail(501, "Not Implemented");
    const handler = this.handlers[`${method} ${shape}`];
    return handler ? handler(names, query, body) : fail(405, "method not allowed");
  }

  private readonly handlers: Record<string, Handler> = {
    "GET capabilities": () => ({ status: 200, json: { invite_user: true } }),
    "GET users": (_, query) => listed([...this.users.keys()].map(userOf), query),
    "POST users": (_, __, { id, invite_user }) => {
      const refused = refusedName("User", id);
      if (refused) return refused;
      if (invite_user && !/^\S+@\S+$/.test(String(id))) return fail(400, "Invalid email format");
      if (this.users.has(String(id))) return exists;
      this.users.set(String(id), { keys: [] });
      return { status: 201, json: { id, creation_date: invite_user ? 0 : now } };
    },
    "GET users/": ([user = ""]) => (this.users.has(user) ? { status: 200, json: userOf(user) } : notFound("user not found")),
    "DELETE users/": ([user = ""]) => this.gone(this.users.delete(user) && this.forget(`users ${user}`, user), "user not found"),
    "GET users/groups": ([user = ""], query) =>
      this.users.has(user)
        ? listed([...this.groups].filter(([, { members }]) => members.has(user)).map(([id]) => ({ id, name: id, creation_date: now })), query)
        : notFound("not found"),
    "GET users/credentials": ([user = ""], query) => {
      const keys = this.users.get(user)?.keys;
      return keys ? listed(keys.map((id) => ({ id, access_key_id: id, creation_date: now })), query, "access_key_id") : notFound("not found");
    },
    "POST users/credentials": ([user = ""]) => {
      const keys = this.users.get(user)?.keys;
      if (!keys) return notFound("not found");
      const access_key_id = `AKIAJTESTTESTTEST${String(++this.made).padStart(2, "0")}Q`;
      keys.push(access_key_id);
      return { status: 201, json: { access_key_id, secret_access_key: `secret-${this.made}`, creation_date: now } };
    },
    "GET users/credentials/": ([user = "", key = ""]) =>
      this.users.get(user)?.keys.includes(key) ? { status: 200, json: { access_key_id: key, creation_date: now } } : notFound("credentials not found"),
    "DELETE users/credentials/": ([user = "", key = ""]) => {
      const keys = this.users.get(user)?.keys ?? [];
      return this.gone(keys.includes(key) && keys.splice(keys.indexOf(key), 1).length > 0, "not found");
    },
    "GET users/policies": ([user = ""], query) => {
      if (!this.users.has(user)) return notFound("not found");
      if (query.get("effective") !== "true") return this.policiesOf(`users ${user}`, query);
      const holders = [`users ${user}`, ...[...this.groups].filter(([, { members }]) => members.has(user)).map(([id]) => `groups ${id}`)];
      const ids = new Set(holders.flatMap((holder) => [...(this.attached.get(holder) ?? [])]));
      return listed([...ids].map((id) => this.policies.get(id)).filter((policy) => policy !== undefined).map(shownPolicy), query);
    },
    "PUT users/policies/": ([user = "", policy = ""]) => this.attach("users", this.users, user, policy),
    "DELETE users/policies/": ([user = "", policy = ""]) => this.gone(this.attached.get(`users ${user}`)?.delete(policy), "not found"),

    "GET groups": (_, query) => listed([...this.groups].map(([id, { description = "" }]) => ({ id, name: id, description, creation_date: now })), query),
    "POST groups": (_, __, { id, description }) => {
      const refused = refusedName("Group", id);
      if (refused) return refused;
      if (this.groups.has(String(id))) return exists;
      const more = typeof description === "string" ? { description } : {};
      this.groups.set(String(id), { ...more, members: new Set() });
      return { status: 201, json: { id, name: id, ...more, creation_date: now } };
    },
    "GET groups/": ([id = ""]) => {
      const group = this.groups.get(id);
      return group ? { status: 200, json: { id, description: group.description ?? "", creation_date: now } } : notFound("group not found");
    },
    "DELETE groups/": ([id = ""]) => this.gone(this.groups.delete(id) && this.forget(`groups ${id}`), "group not found"),
    "GET groups/members": ([id = ""], query) => {
      const group = this.groups.get(id);
      return group ? listed([...group.members].map(userOf), query) : notFound("not found");
    },
    "PUT groups/members/": ([id = "", user = ""]) => {
      const group = this.groups.get(id);
      if (!group || !this.users.has(user)) return notFound("not found");
      if (group.members.has(user)) return exists;
      group.members.add(user);
      return { status: 201 };
    },
    "DELETE groups/members/": ([id = "", user = ""]) => {
      const group = this.groups.get(id);
      group?.members.delete(user);
      return this.gone(group !== undefined && this.users.has(user), "not found");
    },
    "GET groups/policies": ([id = ""], query) => (this.groups.has(id) ? this.policiesOf(`groups ${id}`, query) : notFound("not found")),
    "PUT groups/policies/": ([id = "", policy = ""]) => this.attach("groups", this.groups, id, policy),
    "DELETE groups/policies/": ([id = "", policy = ""]) => this.gone(this.attached.get(`groups ${id}`)?.delete(policy), "not found"),
    "GET groups/acl": ([id = ""]) => {
      const ids = [...(this.attached.get(`groups ${id}`) ?? [])];
      if (this.mode === "internal" && !this.groups.has(id)) return notFound("not found");
      if (ids.length > 1) return fail(404, "Multiple policies attached to group - no ACL", { no_acl: true });
      if (!ids[0]) return { status: 200, json: { permission: "" } };
      const level = this.policies.get(ids[0])?.level;
      return level ? { status: 200, json: { permission: level } } : fail(404, "Policy attached to group has no ACL", { no_acl: true });
    },
    "POST groups/acl": ([id = ""], _, { permission }) => {
      const level = String(permission);
      const action = allowed[level];
      if (!action) return fail(400, `${id}: translate ACL {Permission:${level}} to statements: validation error: Bad ACL permission "${level}"`);
      const policy = `ACL(_-_)${id}`;
      this.policies.set(policy, { id: policy, creation_date: now, level, statement: [{ effect: "allow", action, resource: "*" }] });
      if (!this.groups.has(id)) return notFound(`list existing group policies for group ${id}: not found`);
      this.attached.set(`groups ${id}`, new Set([policy]));
      return { status: 201 };
    },

    "GET policies": (_, query) => listed([...this.policies.values()].map(shownPolicy), query),
    "POST policies": (_, __, { id, statement }) => {
      const refused = refusedName("Policy", id) ?? refusedStatement(statement);
      if (refused) return refused;
      if (this.policies.has(String(id))) return exists;
      this.policies.set(String(id), { id: String(id), creation_date: now, statement: statement as Statement[] });
      return { status: 201, json: { id, creation_date: now, statement } };
    },
    "GET policies/": ([id = ""]) => {
      const policy = this.policies.get(id);
      return policy ? { status: 200, json: shownPolicy(policy) } : notFound("policy not found");
    },
    "PUT policies/": ([id = ""], _, { id: named, statement }) => {
      const refused = refusedStatement(statement);
      if (refused) return refused;
      if (named !== id) return fail(400, "can't update policy id");
      if (!this.policies.has(id)) return notFound("not found");
      this.policies.set(id, { id, creation_date: now, statement: statement as Statement[] });
      return { status: 200, json: { id, creation_date: now, statement } };
    },
    "DELETE policies/": ([id = ""]) => {
      for (const policies of this.attached.values()) policies.delete(id);
      return this.gone(this.policies.delete(id), "policy not found");
    },
  };

  private attach(kind: string, holders: ReadonlyMap<string, unknown>, id: string, policy: string): Answer {
    if (!holders.has(id) || !this.policies.has(policy)) return notFound("not found");
    const holder = `${kind} ${id}`;
    const policies = this.attached.get(holder) ?? new Set();
    if (policies.has(policy)) return exists;
    this.attached.set(holder, policies.add(policy));
    return { status: 201 };
  }

  private policiesOf(holder: string, query: URLSearchParams): Answer {
    const policies = [...(this.attached.get(holder) ?? [])].map((id) => this.policies.get(id)).filter((policy) => policy !== undefined);
    return listed(policies.map(shownPolicy), query);
  }

  private forget(holder: string, user?: string): boolean {
    this.attached.delete(holder);
    if (user !== undefined) for (const { members } of this.groups.values()) members.delete(user);
    return true;
  }

  private gone(was: boolean | undefined, message: string): Answer {
    return was ? { status: 204 } : notFound(message);
  }
}

const userOf = (id: string) => ({ id, creation_date: now, email: "", friendly_name: "" });

function shownPolicy({ id, creation_date, statement }: Policy): Policy {
  return { id, creation_date, statement };
}

/** What the contract refuses, and then the rules for policies. */
function refusedStatement(statement: unknown): Answer | null {
  const isWritten = ({ effect, action, resource, condition = {} }: Partial<Statement>) =>
    (effect === "allow" || effect === "deny") &&
    Array.isArray(action) &&
    action.length > 0 &&
    typeof resource === "string" &&
    Object.values(condition).every((fields) => Object.values(fields).every(Array.isArray));
  const isKept = ({ action, resource, condition = {} }: Statement) =>
    action.every((each) => /^(fs|auth|ci|retention|branches|pr|catalog):[^:]*$/.test(each)) &&
    (resource === "*" || resource.startsWith('["') || /^arn(:[^:]*){4}:/.test(resource)) &&
    Object.entries(condition).every(
      ([operator, fields]) => /^String(Not)?Like$/.test(operator) || (/^(Not)?IpAddress$/.test(operator) && Object.values(fields).flat().every(isAddress)),
    );
  if (!Array.isArray(statement) || statement.length === 0 || !statement.every(isWritten)) {
    return fail(400, "request body has an error: doesn't match schema #/components/schemas/Policy");
  }
  return (statement as Statement[]).every(isKept) ? null : fail(400, "invalid request");
}

/** A page by prefix, after and amount, in the order of bytes. */
function listed(rows: { id: string }[], query: URLSearchParams, only?: "access_key_id"): Answer {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("after") ?? "";
  const asked = Number(query.get("amount") ?? 0);
  const amount = asked > 0 ? Math.min(asked, pageMax) : 100;
  const rest = rows
    .filter(({ id }) => id.startsWith(prefix) && id > after)
    .sort((left, right) => Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)));
  const page = rest.slice(0, amount);
  const hasMore = rest.length > page.length;
  const pagination = { has_more: hasMore, max_per_page: 0, next_offset: hasMore ? (page.at(-1)?.id ?? "") : "", results: page.length };
  const results = only ? page.map(({ id, ...row }) => ({ ...row, [only]: id })) : page;
  return { status: 200, json: { pagination, results } };
}
