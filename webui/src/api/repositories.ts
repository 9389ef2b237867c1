import { queryOptions, useQuery } from "@tanstack/react-query";
import { matchesGlob } from "../lib/glob";
import { at, get, send } from "./client";
import type { BranchProtectionRule, Page, Repository } from "./types";

export const listRepositories = (search: string, after: string, signal?: AbortSignal) =>
  get<Page<Repository>>("/repositories", {
    query: { search: search || undefined, after, amount: 100 },
    signal,
  });

export const repositoryQuery = (repository: string) =>
  queryOptions({
    queryKey: ["repository", repository],
    queryFn: ({ signal }) => get<Repository>(at`/repositories/${repository}`, { signal }),
    staleTime: 60_000,
  });

export interface RepositoryCreation {
  name: string;
  storage_namespace: string;
  default_branch: string;
  sample_data: boolean;
  read_only: boolean;
}

export const createRepository = (creation: RepositoryCreation) =>
  get<Repository>("/repositories", { method: "POST", json: creation });

export const deleteRepository = (repository: string) =>
  send(at`/repositories/${repository}`, { method: "DELETE" });

export interface ProtectionRules {
  rules: BranchProtectionRule[];
  /** Of the rules as they were read: a change of others in between is refused. */
  tag: string | null;
}

export const protectionQuery = (repository: string) =>
  queryOptions({
    queryKey: ["protection", repository],
    queryFn: async ({ signal }): Promise<ProtectionRules> => {
      const response = await send(at`/repositories/${repository}/settings/branch_protection`, { signal });
      return {
        rules: (await response.json()) as BranchProtectionRule[],
        tag: response.headers.get("ETag"),
      };
    },
    staleTime: 10_000,
  });

/** Whether a branch changes by merges only. False until it is known: the server decides anyway. */
export function useIsProtected(repository: string): (branch: string) => boolean {
  const { data } = useQuery(protectionQuery(repository));
  return (branch) => data?.rules.some(({ pattern }) => matchesGlob(pattern, branch)) ?? false;
}

export const setProtection = (repository: string, { rules, tag }: ProtectionRules) =>
  send(at`/repositories/${repository}/settings/branch_protection`, {
    method: "PUT",
    json: rules,
    headers: tag ? { "If-Match": tag } : {},
  });
