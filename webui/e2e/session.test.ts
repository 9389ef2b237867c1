// Ways in besides a key: a login elsewhere, an invitation. The server's part of them is recorded in the contract.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "lake", storage_namespace: "local://lake" });
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  ({ page, faults } = await openPage(browser, server.url));
});
afterEach(async () => {
  await page.context().close();
  expect(faults.splice(0)).toEqual([]);
});

const button = (name: string) => page.getByRole("button", { name, exact: true });

async function typeKey() {
  await page.getByPlaceholder("Access Key ID").fill(key.id);
  await page.getByPlaceholder("Secret Access Key").fill(key.secret);
  await button("Login").click();
}

describe("single sign-on", () => {
  /** The login config of a server that hands logins over to `/sso`, which logs in and comes back to the start. */
  async function configure(more: object) {
    await page.route("**/api/v1/setup_lakefs", async (route) => {
      const response = await route.fetch();
      const state = (await response.json()) as { login_config: object };
      await route.fulfill({ json: { ...state, login_config: { ...state.login_config, login_url: "/sso", ...more } } });
    });
    await page.route("**/sso", async (route) => {
      const login = await route.fetch({
        url: `${server.url}/api/v1/auth/login`,
        method: "POST",
        headers: { "Content-Type": "application/json" },
        postData: JSON.stringify({ access_key_id: key.id, secret_access_key: key.secret }),
      });
      await route.fulfill({ status: 200, headers: { "Set-Cookie": login.headers()["set-cookie"] ?? "" }, contentType: "text/html", body: "<script>location.replace('/')</script>" });
    });
  }

  it("takes over who is led to the login, and they come back to where they were", async () => {
    await configure({ login_url_method: "redirect" });
    await page.goto("/repositories/lake/branches");
    await page.waitForURL("**/repositories/lake/branches");
    await page.getByRole("cell", { name: "main" }).waitFor();
  });

  it("leaves the form to who opens it, with a link", async () => {
    await configure({ login_url_method: "redirect" });
    await page.goto("/auth/login?next=/repositories/lake/tags");
    await page.getByRole("link", { name: "Log in with single sign-on" }).waitFor();
    await expectAccessible(page);
    await typeKey();
    await page.waitForURL("**/repositories/lake/tags");
  });

  it("is a choice where the server says so", async () => {
    await configure({ login_url_method: "select" });
    await page.goto("/repositories/lake/tags");
    await page.getByRole("link", { name: "Log in with single sign-on" }).click();
    await page.waitForURL("**/repositories/lake/tags");
  });

  it("is not there where it is not configured", async () => {
    await page.goto("/auth/login?redirected=true&next=/repositories/lake/commits");
    await button("Login").waitFor();
    expect(await page.getByRole("link", { name: "Log in with single sign-on" }).count()).toBe(0);
    await typeKey();
    await page.waitForURL("**/repositories/lake/commits");
  });
});

it("leads to an address of the server after the login", async () => {
  await page.goto(`/auth/login?next=${encodeURIComponent("/api/v1/healthcheck")}`);
  const [request] = await Promise.all([page.waitForRequest((sent) => sent.isNavigationRequest() && sent.url().endsWith("/api/v1/healthcheck")), typeKey()]);
  expect(request.method()).toBe("GET");
});

describe("an invitation", () => {
  it("lets one choose a password", async () => {
    let sent: unknown;
    await page.route("**/api/v1/auth/password", async (route) => {
      sent = route.request().postDataJSON();
      await route.fulfill({ status: 201 });
    });
    await page.goto("/auth/users/create?token=t0ken&email=new@example.com");
    await page.getByPlaceholder("Password", { exact: true }).fill("one");
    await page.getByPlaceholder("Confirm Password").fill("two");
    await page.getByText("do not match").waitFor();
    expect(await button("Create").isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByPlaceholder("Confirm Password").fill("one");
    await button("Create").click();
    await page.waitForURL("**/auth/login");
    expect(sent).toEqual({ token: "t0ken", email: "new@example.com", newPassword: "one" });
  });

  it("says when it is not valid, or when the server takes none", async () => {
    await page.goto("/auth/users/create?token=t0ken&email=new@example.com");
    const answer = async () => {
      await page.getByPlaceholder("Password", { exact: true }).fill("one");
      await page.getByPlaceholder("Confirm Password").fill("one");
      await button("Create").click();
    };
    await answer();
    await page.getByText("This server takes no invitations.").waitFor();
    await page.route("**/api/v1/auth/password", (route) => route.fulfill({ status: 401, json: { message: "user unauthorized" } }));
    await answer();
    await page.getByText("not valid any more").waitFor();
    await page.goto("/auth/users/create");
    await page.waitForURL("**/auth/login");
  });
});

it("offers what made a commit, and tells the server that it was followed", async () => {
  await server.upload(key, "lake", "a", "a", "text/plain");
  const { id } = (await server.call("POST", "/repositories/lake/branches/main/commits", key, {
    message: "From a pipeline",
    metadata: { "::lakefs::Airflow::url[url:ui]": `${server.url}/robots.txt`, "::lakefs::Bad::uri[uri:ui]": "javascript:alert(1)" },
  })) as { id: string };
  await page.goto(`/auth/login?next=/repositories/lake/commits/${id}`);
  await typeKey();
  const link = page.getByRole("link", { name: "Open Airflow UI" });
  await link.waitFor();
  expect(await page.getByRole("link", { name: "Open Bad UI" }).count()).toBe(0);
  const [request] = await Promise.all([page.waitForRequest("**/api/v1/statistics"), page.waitForEvent("popup"), link.click()]);
  expect(request.postDataJSON()).toEqual({ events: [{ class: "integration", name: "link", type: "Airflow", count: 1 }] });
  expect((await request.response())?.status()).toBe(204);
});
