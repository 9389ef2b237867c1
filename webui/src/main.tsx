import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/ui.css";
import "./shell/shell.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { ApiError, setOnSessionEnd } from "./api/client";
import { userQuery } from "./api/session";
import { makeRouter } from "./routes";
import { loginAddress } from "./shell/addresses";
import { Toasts } from "./ui/toasts";

const retries = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the server has decided will not change by asking again.
      retry: (failures, error) =>
        failures < retries && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const router = makeRouter();

setOnSessionEnd(() => {
  const { pathname, search } = router.state.location;
  queries.setQueryData(userQuery.queryKey, null);
  if (!pathname.startsWith("/auth/login")) void router.navigate(loginAddress(pathname + search), { state: { redirected: true }, replace: true });
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  );
}
