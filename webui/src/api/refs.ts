// Branches, tags, commits and what is done with them.
import { queryOptions } from "@tanstack/react-query";
import { at, get, isStatus, send } from "./client";
import type { Commit, Diff, ImportLocation, ImportStatus, Metadata, Page, Ref } from "./types";

export type RefKind = "branch" | "tag" | "commit";

export interface ResolvedRef {
  kind: RefKind;
  /** As it was asked for. */
  id: string;
  commitId: string;
}

/** What a name means: a branch, else a tag, else a commit. 404 if it is nothing. */
async function resolveRef(repository: string, ref: string, signal: AbortSignal): Promise<ResolvedRef> {
  for (const kind of ["branch", "tag"] as const) {
    try {
      const path = kind === "branch" ? at`/repositories/${repository}/branches/${ref}` : at`/repositories/${repository}/tags/${ref}`;
      const found = await get<Ref>(path, { signal });
      return { kind, id: ref, commitId: found.commit_id };
    } catch (error) {
      if (!isStatus(error, 400, 404)) throw error;
    }
  }
  const commit = await getCommit(repository, ref, signal);
  return { kind: "commit", id: ref, commitId: commit.id };
}

export const refQuery = (repository: string, ref: string) =>
  queryOptions({
    queryKey: ["ref", repository, ref],
    queryFn: ({ signal }) => resolveRef(repository, ref, signal),
    staleTime: 10_000,
  });

export interface ListOptions {
  prefix?: string;
  after?: string;
  amount?: number;
  signal?: AbortSignal;
}

export const listBranches = (repository: string, options: ListOptions & { hidden?: boolean } = {}) =>
  get<Page<Ref>>(at`/repositories/${repository}/branches`, {
    query: {
      prefix: options.prefix,
      after: options.after,
      amount: options.amount ?? 100,
      show_hidden: options.hidden || undefined,
    },
    signal: options.signal,
  });

export const listTags = (repository: string, options: ListOptions = {}) =>
  get<Page<Ref>>(at`/repositories/${repository}/tags`, {
    query: { prefix: options.prefix, after: options.after, amount: options.amount ?? 100 },
    signal: options.signal,
  });

export const createBranch = (repository: string, name: string, source: string) =>
  send(at`/repositories/${repository}/branches`, { method: "POST", json: { name, source } });

export const deleteBranch = (repository: string, branch: string) =>
  send(at`/repositories/${repository}/branches/${branch}`, { method: "DELETE" });

export const createTag = (repository: string, id: string, ref: string) =>
  get<Ref>(at`/repositories/${repository}/tags`, { method: "POST", json: { id, ref } });

export const deleteTag = (repository: string, tag: string) =>
  send(at`/repositories/${repository}/tags/${tag}`, { method: "DELETE" });

export interface LogOptions extends ListOptions {
  firstParent?: boolean;
  /** Only commits that changed the object, or what is below the folder ("a/"). */
  path?: string;
}

export const logCommits = (repository: string, ref: string, options: LogOptions = {}) => {
  const isFolder = options.path?.endsWith("/");
  return get<Page<Commit>>(at`/repositories/${repository}/refs/${ref}/commits`, {
    query: {
      after: options.after,
      amount: options.amount ?? 50,
      first_parent: options.firstParent || undefined,
      objects: options.path && !isFolder ? options.path : undefined,
      prefixes: options.path && isFolder ? options.path : undefined,
      limit: options.path && options.amount === 1 ? true : undefined,
    },
    signal: options.signal,
  });
};

export const getCommit = (repository: string, id: string, signal?: AbortSignal) =>
  get<Commit>(at`/repositories/${repository}/commits/${id}`, { signal });

export const commitQuery = (repository: string, id: string) =>
  queryOptions({
    queryKey: ["commit", repository, id],
    queryFn: ({ signal }) => getCommit(repository, id, signal),
    staleTime: 60_000,
  });

export interface CommitCreation {
  message: string;
  metadata: Metadata;
  allow_empty?: boolean;
}

export const commitBranch = (repository: string, branch: string, commit: CommitCreation) =>
  get<Commit>(at`/repositories/${repository}/branches/${branch}/commits`, { method: "POST", json: commit });

/** Uncommitted changes of a branch. */
export const diffBranch = (
  repository: string,
  branch: string,
  options: ListOptions & { delimiter?: string } = {},
) =>
  get<Page<Diff>>(at`/repositories/${repository}/branches/${branch}/diff`, {
    query: {
      prefix: options.prefix,
      after: options.after,
      amount: options.amount ?? 1000,
      delimiter: options.delimiter,
    },
    signal: options.signal,
  });

export type DiffKind = "two_dot" | "three_dot";

export const diffRefs = (
  repository: string,
  left: string,
  right: string,
  options: ListOptions & { delimiter?: string; type?: DiffKind } = {},
) =>
  get<Page<Diff>>(at`/repositories/${repository}/refs/${left}/diff/${right}`, {
    query: {
      prefix: options.prefix,
      after: options.after,
      amount: options.amount ?? 1000,
      delimiter: options.delimiter,
      type: options.type,
    },
    signal: options.signal,
  });

/** The commit from which two refs went different ways. */
export const mergeBaseQuery = (repository: string, source: string, destination: string) =>
  queryOptions({
    queryKey: ["ref", repository, "merge-base", source, destination],
    queryFn: async ({ signal }) => {
      const path = at`/repositories/${repository}/refs/${source}/merge/${destination}`;
      return (await get<{ base_commit_id: string }>(path, { signal })).base_commit_id;
    },
  });

export interface MergeOptions {
  message?: string;
  metadata?: Metadata;
  strategy?: "dest-wins" | "source-wins";
  squash_merge?: boolean;
}

export const mergeRefs = (repository: string, source: string, destination: string, options: MergeOptions) =>
  get<{ reference: string }>(at`/repositories/${repository}/refs/${source}/merge/${destination}`, {
    method: "POST",
    json: options,
  });

export interface RevertOptions {
  ref: string;
  /** 1 is the first; a commit with several is reverted against one of them. */
  parent_number: number;
  allow_empty?: boolean;
  commit_overrides?: { message?: string; metadata?: Metadata };
}

export const revertCommit = (repository: string, branch: string, options: RevertOptions) =>
  send(at`/repositories/${repository}/branches/${branch}/revert`, { method: "POST", json: options });

export const cherryPick = (repository: string, branch: string, ref: string, parentNumber?: number) =>
  get<Commit>(at`/repositories/${repository}/branches/${branch}/cherry-pick`, {
    method: "POST",
    json: { ref, ...(parentNumber ? { parent_number: parentNumber } : {}) },
  });

export type Reset = { type: "reset" } | { type: "object" | "common_prefix"; path: string };

/** Takes uncommitted changes back. */
export const resetBranch = (repository: string, branch: string, reset: Reset) =>
  send(at`/repositories/${repository}/branches/${branch}`, { method: "PUT", json: reset });

export const startImport = (
  repository: string,
  branch: string,
  paths: ImportLocation[],
  commit: CommitCreation,
) =>
  get<{ id: string }>(at`/repositories/${repository}/branches/${branch}/import`, {
    method: "POST",
    json: { paths, commit },
  });

export const importStatus = (repository: string, branch: string, id: string, signal?: AbortSignal) =>
  get<ImportStatus>(at`/repositories/${repository}/branches/${branch}/import`, { query: { id }, signal });

export const cancelImport = (repository: string, branch: string, id: string) =>
  send(at`/repositories/${repository}/branches/${branch}/import`, { method: "DELETE", query: { id } });
