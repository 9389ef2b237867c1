// Lists that the server gives in pages.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Page } from "./types";

export interface PagedList<Row> {
  rows: Row[];
  isPending: boolean;
  isFetching: boolean;
  error: Error | null;
  hasMore: boolean;
  loadMore: () => void;
  isLoadingMore: boolean;
  retry: () => void;
}

/** Follows the pages of a list, each asked for when `loadMore` is called. */
export function usePagedList<Row>(
  key: readonly unknown[],
  fetchPage: (after: string, signal: AbortSignal) => Promise<Page<Row>>,
  options: {
    keepPrevious?: boolean;
    /** While a row is so, the list is asked for again, so often. */
    again?: { while: (row: Row) => boolean; ms: number };
  } = {},
): PagedList<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<Row>) =>
      last.pagination.has_more ? last.pagination.next_offset : undefined,
    placeholderData: (previous) => (options.keepPrevious ? previous : undefined),
    refetchInterval: ({ state }) => {
      const { again } = options;
      return again && state.data?.pages.some(({ results }) => results.some(again.while)) ? again.ms : false;
    },
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  return {
    rows,
    isPending: query.isPending,
    isFetching: query.isFetching,
    error: query.error,
    hasMore: query.hasNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    isLoadingMore: query.isFetchingNextPage,
    retry: () => void query.refetch(),
  };
}

/** All rows of a list, at most `limit`, and whether there are more. */
export async function fetchAll<Row>(
  fetchPage: (after: string) => Promise<Page<Row>>,
  limit: number,
): Promise<{ rows: Row[]; isWhole: boolean }> {
  const rows: Row[] = [];
  let after = "";
  for (;;) {
    const page = await fetchPage(after);
    rows.push(...page.results);
    if (!page.pagination.has_more) return { rows, isWhole: true };
    if (rows.length >= limit) return { rows, isWhole: false };
    after = page.pagination.next_offset;
  }
}
