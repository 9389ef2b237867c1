// What the server tells of its health.
import { queryOptions } from "@tanstack/react-query";
import { send } from "./client";

/** How long the server took to say that it is well, in milliseconds. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async ({ signal }) => {
    const start = performance.now();
    await send("/healthcheck", { signal });
    return performance.now() - start;
  },
  refetchInterval: 10_000,
});
