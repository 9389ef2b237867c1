import { queryOptions } from "@tanstack/react-query";
import { at, get, send } from "./client";
import type { Page, PullRequest } from "./types";

export const listPulls = (repository: string, status: "open" | "closed", after: string, signal: AbortSignal) =>
  get<Page<PullRequest>>(at`/repositories/${repository}/pulls`, {
    query: { status, after, amount: 100 },
    signal,
  });

export const pullQuery = (repository: string, id: string) =>
  queryOptions({
    queryKey: ["pull", repository, id],
    queryFn: ({ signal }) => get<PullRequest>(at`/repositories/${repository}/pulls/${id}`, { signal }),
  });

export interface PullCreation {
  title: string;
  description: string;
  source_branch: string;
  destination_branch: string;
}

export const createPull = (repository: string, creation: PullCreation) =>
  get<{ id: string }>(at`/repositories/${repository}/pulls`, { method: "POST", json: creation });

export const updatePull = (repository: string, id: string, change: Partial<PullRequest>) =>
  send(at`/repositories/${repository}/pulls/${id}`, { method: "PATCH", json: change });

export const mergePull = (repository: string, id: string) =>
  get<{ reference: string }>(at`/repositories/${repository}/pulls/${id}/merge`, { method: "PUT" });
