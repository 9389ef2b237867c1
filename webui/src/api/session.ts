// Who is logged in, setting up, and what the server is.
import { queryOptions } from "@tanstack/react-query";
import { get, send } from "./client";
import type { Config, Credentials, SetupState, User } from "./types";

/** The user of the session; null when nobody is logged in. */
export const userQuery = queryOptions({
  queryKey: ["user"],
  queryFn: async ({ signal }) => {
    const { user } = await get<{ user: User }>("/user", { signal });
    return user.id ? user : null;
  },
  staleTime: Infinity,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => get<SetupState>("/setup_lakefs", { signal }),
  staleTime: Infinity,
});

export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: ({ signal }) => get<Config>("/config", { signal }),
  staleTime: Infinity,
});

export const setUp = (username: string) =>
  get<Credentials>("/setup_lakefs", { method: "POST", json: { username } });

export const logIn = (accessKeyId: string, secretAccessKey: string) =>
  send("/auth/login", {
    method: "POST",
    json: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
  });

/** Whoever was invited chooses a password; the token came with the mail. */
export const acceptInvitation = (token: string, email: string, newPassword: string) =>
  send("/auth/password", { method: "POST", json: { token, newPassword, email } });

/** Tells that a link to another program was followed. Nobody waits for it, and it may fail. */
export function tellLinkUsed(provider: string) {
  void send("/statistics", { method: "POST", json: { events: [{ class: "integration", name: "link", type: provider, count: 1 }] } }).catch(() => undefined);
}
