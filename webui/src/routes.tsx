// Which page is where. Each is loaded when it is first opened; those of a repository share a frame.
import type { ComponentType } from "react";
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { Root, RequireSession } from "./shell/root";
import { PageError } from "./shell/page-error";
import { RepositoryFrame } from "./shell/repository-frame";

const page = (path: string, load: () => Promise<{ default: ComponentType }>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).default }),
});

export const makeRouter = () =>
  createBrowserRouter([
    {
      Component: Root,
      ErrorBoundary: PageError,
      children: [
        page("/setup", () => import("./pages/session/setup")),
        page("/auth/login", () => import("./pages/session/login")),
        page("/auth/users/create", () => import("./pages/session/invitation")),
        {
          Component: RequireSession,
          children: [
            {
              path: "/auth",
              lazy: async () => ({ Component: (await import("./pages/access/frame")).default }),
              children: [
                page("credentials", () => import("./pages/access/credentials")),
                page("users", () => import("./pages/access/users")),
                page("users/:user/:section?/:part?", () => import("./pages/access/user")),
                page("groups", () => import("./pages/access/groups")),
                page("groups/:group/:section?", () => import("./pages/access/group")),
                page("policies", () => import("./pages/access/policies")),
                page("policies/:policy", () => import("./pages/access/policy")),
              ],
            },
            page("/server", () => import("./pages/server/server")),
            page("/repositories", () => import("./pages/repositories/repositories")),
            {
              path: "/repositories/:repository",
              Component: RepositoryFrame,
              children: [
                { index: true, element: <Navigate to="objects" replace /> },
                page("objects", () => import("./pages/objects/objects")),
                page("object", () => import("./pages/objects/object")),
                page("commits", () => import("./pages/commits/commits")),
                page("commits/:commit", () => import("./pages/commits/commit")),
                page("branches", () => import("./pages/refs/branches")),
                page("branches/:branch/revert", () => import("./pages/commits/revert")),
                page("tags", () => import("./pages/refs/tags")),
                page("compare", () => import("./pages/compare/compare")),
                page("pulls", () => import("./pages/pulls/pulls")),
                page("pulls/create", () => import("./pages/pulls/create")),
                page("pulls/:pull", () => import("./pages/pulls/pull")),
                page("actions", () => import("./pages/actions/runs")),
                page("actions/:run", () => import("./pages/actions/run")),
                page("settings/:section?", () => import("./pages/settings/settings")),
              ],
            },
            { path: "*", element: <Navigate to="/repositories" replace /> },
          ],
        },
      ],
    },
  ]);
