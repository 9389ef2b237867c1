// Who may do what: users, groups, policies and keys, and how much of that a server has.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { at, get, isStatus, send } from "./client";
import { fetchAll } from "./pages";
import { setupQuery } from "./session";
import type { Credentials, Page, User } from "./types";

export interface Statement {
  effect: "allow" | "deny";
  /** "*", an ARN, or a JSON list of them as a text. */
  resource: string;
  action: string[];
  /** By operator and field. */
  condition?: Record<string, Record<string, string[]>>;
}

export interface Policy {
  id: string;
  creation_date?: number;
  statement: Statement[];
}

export interface Account extends User {
  creation_date: number;
}

export interface Group {
  id: string;
  description?: string;
  creation_date: number;
}

/** A key without its secret. */
export type KeyInfo = Omit<Credentials, "secret_access_key">;

/**
 * What a server offers: nothing for its one user, groups with one level each, or policies. Null
 * until it is known.
 */
export type AccessKind = "none" | "levels" | "policies" | null;

export function useAccessKind(): AccessKind {
  const { data } = useQuery(setupQuery);
  if (!data) return null;
  const mode = data.login_config?.RBAC ?? "none";
  return mode === "none" ? "none" : mode === "simplified" ? "levels" : "policies";
}

export interface ListOptions {
  prefix?: string;
  after?: string;
  amount?: number;
  signal?: AbortSignal | undefined;
}

const list = <Row>(path: string, { prefix, after, amount, signal }: ListOptions, more: { effective?: boolean } = {}) =>
  get<Page<Row>>(path, { query: { prefix: prefix || undefined, after: after || undefined, amount: amount ?? 100, ...more }, signal });

const post = <Value>(path: string, json?: unknown) => get<Value>(path, { method: "POST", json });
const put = (path: string) => send(path, { method: "PUT" });
const remove = (path: string) => send(path, { method: "DELETE" });

/** Every query of this file begins with it: a change of anything may change what others answer. */
export const accessKey = "access";

export const capabilitiesQuery = queryOptions({
  queryKey: [accessKey, "capabilities"],
  queryFn: ({ signal }) => get<{ invite_user?: boolean }>("/auth/capabilities", { signal }),
  staleTime: Infinity,
});

export const listUsers = (options: ListOptions) => list<Account>("/auth/users", options);
export const createUser = (id: string) => post<Account>("/auth/users", { id });
/** By mail: the server sends a message with a link to a page of ours. */
export const inviteUser = (mail: string) => post<Account>("/auth/users", { id: mail, invite_user: true });
export const deleteUser = (id: string) => remove(at`/auth/users/${id}`);

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: [accessKey, "user", id],
    queryFn: ({ signal }) => get<Account>(at`/auth/users/${id}`, { signal }),
  });

export const listGroups = (options: ListOptions) => list<Group>("/auth/groups", options);
export const createGroup = (id: string, description: string) =>
  post<Group>("/auth/groups", { id, ...(description && { description }) });
export const deleteGroup = (id: string) => remove(at`/auth/groups/${id}`);

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: [accessKey, "group", id],
    queryFn: ({ signal }) => get<Group>(at`/auth/groups/${id}`, { signal }),
  });

export const listPolicies = (options: ListOptions) => list<Policy>("/auth/policies", options);
export const createPolicy = (policy: Policy) => post<Policy>("/auth/policies", policy);
export const updatePolicy = (policy: Policy) => get<Policy>(at`/auth/policies/${policy.id}`, { method: "PUT", json: policy });
export const deletePolicy = (id: string) => remove(at`/auth/policies/${id}`);

export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: [accessKey, "policy", id],
    queryFn: ({ signal }) => get<Policy>(at`/auth/policies/${id}`, { signal }),
  });

export const listMembers = (group: string, options: ListOptions) => list<Account>(at`/auth/groups/${group}/members`, options);
export const listGroupsOf = (user: string, options: ListOptions) => list<Group>(at`/auth/users/${user}/groups`, options);
export const addMember = (group: string, user: string) => put(at`/auth/groups/${group}/members/${user}`);
export const removeMember = (group: string, user: string) => remove(at`/auth/groups/${group}/members/${user}`);

/** Whose policies: "users" or "groups". */
export type Holder = "users" | "groups";
const policiesOf = (holder: Holder, id: string) => `/auth/${holder}${at`/${id}/policies`}`;

export const listPoliciesOf = (holder: Holder, id: string, options: ListOptions) => list<Policy>(policiesOf(holder, id), options);
export const attachPolicy = (holder: Holder, id: string, policy: string) => put(policiesOf(holder, id) + at`/${policy}`);
export const detachPolicy = (holder: Holder, id: string, policy: string) => remove(policiesOf(holder, id) + at`/${policy}`);

const policiesMax = 10_000;

/**
 * The policies that apply to a user, own ones and those of groups; null on a server without
 * policies, whose users may do everything.
 */
export const effectivePoliciesQuery = (user: string) =>
  queryOptions({
    queryKey: [accessKey, "effective", user],
    queryFn: async ({ signal }) => {
      try {
        const fetchPage = (after: string) =>
          list<Policy>(policiesOf("users", user), { after, amount: 1000, signal }, { effective: true });
        return (await fetchAll(fetchPage, policiesMax)).rows;
      } catch (error) {
        if (isStatus(error, 501)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const levels = ["Read", "Write", "Super", "Admin"] as const;

/** What a group may do on a server without policies. Empty: not chosen yet; null: policies say it. */
export const levelQuery = (group: string) =>
  queryOptions({
    queryKey: [accessKey, "level", group],
    queryFn: async ({ signal }) => {
      try {
        return (await get<{ permission: string }>(at`/auth/groups/${group}/acl`, { signal })).permission;
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },
  });
export const setLevel = (group: string, permission: string) =>
  send(at`/auth/groups/${group}/acl`, { method: "POST", json: { permission } });

export const listKeys = (user: string, options: ListOptions) => list<KeyInfo>(at`/auth/users/${user}/credentials`, options);
export const createKey = (user: string) => post<Credentials>(at`/auth/users/${user}/credentials`);
export const deleteKey = (user: string, key: string) => remove(at`/auth/users/${user}/credentials/${key}`);
