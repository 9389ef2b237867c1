// Settings of a repository: how long what is not referred to is kept, and notes of its own.
import { queryOptions } from "@tanstack/react-query";
import { at, get, isStatus, send } from "./client";
import type { Metadata } from "./types";

export interface BranchRetention {
  branch_id: string;
  retention_days: number;
}

/** For how many days objects stay readable that a branch has lost. */
export interface RetentionRules {
  default_retention_days: number;
  branches: BranchRetention[];
}

export const retentionQuery = (repository: string) =>
  queryOptions({
    queryKey: ["retention", repository],
    /** Null where there are no rules. */
    queryFn: async ({ signal }): Promise<RetentionRules | null> => {
      try {
        const rules = await get<{ default_retention_days: number; branches: BranchRetention[] | null }>(
          at`/repositories/${repository}/settings/gc_rules`,
          { signal },
        );
        return { default_retention_days: rules.default_retention_days, branches: rules.branches ?? [] };
      } catch (error) {
        if (isStatus(error, 404)) return null;
        throw error;
      }
    },
  });

export const setRetention = (repository: string, rules: RetentionRules) =>
  send(at`/repositories/${repository}/settings/gc_rules`, { method: "PUT", json: rules });

export const deleteRetention = (repository: string) =>
  send(at`/repositories/${repository}/settings/gc_rules`, { method: "DELETE" });

/** Whether the user may change rules, as the server says before it is tried. */
export const mayChangeQuery = (repository: string, rules: "gc/rules" | "branch_protection") =>
  queryOptions({
    queryKey: ["may change", repository, rules],
    queryFn: async ({ signal }) => {
      try {
        await send(`${at`/repositories/${repository}`}/${rules}/set_allowed`, { signal });
        return true;
      } catch (error) {
        if (isStatus(error, 401, 403)) return false;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const repositoryMetadataQuery = (repository: string) =>
  queryOptions({
    queryKey: ["metadata", repository],
    queryFn: ({ signal }) => get<Metadata>(at`/repositories/${repository}/metadata`, { signal }),
  });

/** Keys that are not named stay as they are. */
export const setRepositoryMetadata = (repository: string, metadata: Metadata) =>
  send(at`/repositories/${repository}/metadata`, { method: "POST", json: { metadata } });

export const deleteRepositoryMetadata = (repository: string, keys: string[]) =>
  send(at`/repositories/${repository}/metadata`, { method: "DELETE", json: { keys } });
