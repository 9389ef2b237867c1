// Addresses of pages, in one place; their forms are those that users of lakeFS have bookmarked.
import { at, type Query } from "../api/client";

function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return path + (text ? `?${text}` : "");
}

export const repositoriesAddress = "/repositories";

/** Where one logs in, to come back to `next`. */
export const loginAddress = (next: string) => address("/auth/login", { next: next === "/" ? "" : next });

// Where to go after a login elsewhere, which comes back to the first page. Its name is the reference's.
const nextKey = "lakefs_post_login_next";

export const keepNext = (next: string) => sessionStorage.setItem(nextKey, next);

/** What was kept, once; null if nothing was. */
export function takeNext(): string | null {
  const next = sessionStorage.getItem(nextKey);
  sessionStorage.removeItem(nextKey);
  return next === null ? null : safeNext(next);
}

/** Goes to a page, or to an address of the server itself, which no page has. */
export function goTo(next: string, navigate: (to: string, options: { replace: boolean }) => unknown) {
  if (next.startsWith("/api/")) location.assign(next);
  else void navigate(next, { replace: true });
}

/** A path of this server that `next` of the login page may lead to. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : repositoriesAddress;
}

export const objectsAddress = (repository: string, ref = "", path = "", more: Query = {}) =>
  address(at`/repositories/${repository}/objects`, { ref, path, ...more });

export const objectAddress = (repository: string, ref: string, path: string) =>
  address(at`/repositories/${repository}/object`, { ref, path });

export const commitsAddress = (repository: string, ref = "", path = "") =>
  address(at`/repositories/${repository}/commits`, { ref, path });

export const commitAddress = (repository: string, commit: string) => at`/repositories/${repository}/commits/${commit}`;

export const revertAddress = (repository: string, branch: string, commits: string[]) =>
  address(at`/repositories/${repository}/branches/${branch}/revert`, { commits: commits.join(",") });

export const branchesAddress = (repository: string) => at`/repositories/${repository}/branches`;
export const tagsAddress = (repository: string) => at`/repositories/${repository}/tags`;

export const compareAddress = (repository: string, base = "", compared = "") =>
  address(at`/repositories/${repository}/compare`, { ref: base, compare: compared });

export const pullsAddress = (repository: string, state = "") => address(at`/repositories/${repository}/pulls`, { state });
export const newPullAddress = (repository: string, base: string, compared: string) =>
  address(at`/repositories/${repository}/pulls/create`, { ref: base, compare: compared });
export const pullAddress = (repository: string, id: string) => at`/repositories/${repository}/pulls/${id}`;

export const settingsAddress = (repository: string, section = "general") =>
  at`/repositories/${repository}/settings/${section}`;

/** Runs of actions, all of them or by a branch or a commit. */
export const actionsAddress = (repository: string, filter: { branch?: string; commit?: string } = {}) =>
  address(at`/repositories/${repository}/actions`, filter);
export const runAddress = (repository: string, run: string) => at`/repositories/${repository}/actions/${run}`;

export const serverAddress = "/server";

/** The keys of the user who is logged in. */
export const credentialsAddress = "/auth/credentials";
export const usersAddress = "/auth/users";
export const userAddress = (id: string, section = "groups") => `${at`/auth/users/${id}`}/${section}`;
export const groupsAddress = "/auth/groups";
export const groupAddress = (id: string, section = "members") => `${at`/auth/groups/${id}`}/${section}`;
export const policiesAddress = "/auth/policies";
export const policyAddress = (id: string) => at`/auth/policies/${id}`;
