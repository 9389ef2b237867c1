// Runs of actions and what their hooks printed.
import { queryOptions } from "@tanstack/react-query";
import { actionName } from "../lib/action-runs";
import { at, get, isStatus, send } from "./client";
import { listObjects, readStart } from "./objects";
import type { Page } from "./types";

export type RunStatus = "completed" | "failed" | "skipped" | "running";

export interface ActionRun {
  run_id: string;
  branch: string;
  /** Empty where the commit was refused. */
  commit_id: string;
  /** ISO 8601. */
  start_time: string;
  /** Absent while it runs. */
  end_time?: string;
  event_type: string;
  status: RunStatus;
}

export interface HookRun {
  hook_run_id: string;
  action: string;
  hook_id: string;
  start_time: string;
  end_time?: string;
  status: RunStatus;
}

/** By a branch or by a commit, not by both. */
export interface RunFilter {
  branch?: string;
  commit?: string;
}

export const listRuns = (
  repository: string,
  { branch, commit }: RunFilter,
  options: { after?: string; amount?: number; signal?: AbortSignal } = {},
) =>
  get<Page<ActionRun>>(at`/repositories/${repository}/actions/runs`, {
    query: { branch: branch || undefined, commit: commit || undefined, after: options.after, amount: options.amount ?? 100 },
    signal: options.signal,
  });

/** Whether the repository has runs to show; a server may lack the service. */
export const hasRunsQuery = (repository: string) =>
  queryOptions({
    queryKey: ["runs", repository, "some"],
    queryFn: async ({ signal }) => {
      try {
        return (await listRuns(repository, {}, { amount: 1, signal })).results.length > 0;
      } catch (error) {
        if (isStatus(error, 401, 403, 404, 501)) return false;
        throw error;
      }
    },
    staleTime: 30_000,
  });

/** How often what still runs is asked for. */
export const pollMs = 2000;

export const runQuery = (repository: string, run: string) =>
  queryOptions({
    queryKey: ["runs", repository, run],
    queryFn: ({ signal }) => get<ActionRun>(at`/repositories/${repository}/actions/runs/${run}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? pollMs : false),
  });

export const hooksQuery = (repository: string, run: string, isRunning: boolean) =>
  queryOptions({
    queryKey: ["runs", repository, run, "hooks"],
    queryFn: async ({ signal }) =>
      (await get<Page<HookRun>>(at`/repositories/${repository}/actions/runs/${run}/hooks`, { query: { amount: 1000 }, signal })).results,
    refetchInterval: isRunning ? pollMs : false,
  });

export const outputQuery = (repository: string, run: string, hook: string, isRunning: boolean) =>
  queryOptions({
    queryKey: ["runs", repository, run, "output", hook],
    queryFn: async ({ signal }) =>
      (await send(at`/repositories/${repository}/actions/runs/${run}/hooks/${hook}/output`, { signal })).text(),
    refetchInterval: isRunning ? pollMs : false,
  });

export const actionsFolder = "_lakefs_actions/";
const filesMax = 50;
const nameBytes = 4 << 10;

/** The files of a ref that define actions, by the names of the actions. */
export const actionFilesQuery = (repository: string, ref: string) =>
  queryOptions({
    queryKey: ["objects", repository, ref, "actions"],
    queryFn: async ({ signal }) => {
      const { results } = await listObjects({ repository, ref, prefix: actionsFolder }, { amount: filesMax, signal });
      const files = new Map<string, string>();
      await Promise.all(
        results.map(async ({ path }) => {
          const { bytes } = await readStart(repository, ref, path, nameBytes, signal);
          files.set(actionName(new TextDecoder().decode(bytes), path), path);
        }),
      );
      return files;
    },
    staleTime: 60_000,
    retry: false,
  });
