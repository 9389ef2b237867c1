// Administration: users, groups, policies and keys, and servers that lack them.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

const button = (name: string | RegExp, exact = true) => page.getByRole("button", { name, exact });
const dialog = () => page.getByRole("dialog");
const nav = (label: string, name: string) => page.getByRole("navigation", { name: label }).getByRole("link", { name, exact: true });
const closed = () => dialog().waitFor({ state: "detached" });

/** Opens the interface of a new server of a mode. */
async function open(mode: string) {
  server = await Server.start("", undefined, mode);
  key = await server.setUp();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
}
const call = (method: string, path: string, json?: unknown) => server.call(method, `/auth${path}`, key, json);
/** What a list of the server holds, by id. */
async function idsOf(path: string): Promise<string[]> {
  const list = (await call("GET", path)) as { results: { id: string }[] };
  return list.results.map(({ id }) => id);
}

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  await page.context().close();
  await server.stop();
  expect(faults.splice(0)).toEqual([]);
});

describe("a server with one user", () => {
  beforeEach(() => open("none"));

  it("tells of its only key, and hides the rest", async () => {
    await button("admin").click();
    expect(await page.getByRole("menuitem", { name: "Administration" }).count()).toBe(0);
    await page.getByRole("menuitem", { name: "My Credentials" }).click();
    await page.waitForURL("**/auth/credentials");
    await page.getByText("This server has one access key").waitFor();
    expect(await page.getByRole("navigation", { name: "Administration" }).getByRole("link").count()).toBe(1);
    await expectAccessible(page);
    for (const address of ["users", "users/admin/groups", "groups", "policies/x"]) {
      await page.goto(`/auth/${address}`);
      await page.getByText("This server does not have this").waitFor();
    }
  });
});

describe("a server with policies", () => {
  beforeEach(async () => {
    await open("internal");
    await call("POST", "/groups", { id: "Friends", description: "Of the house" });
    await page.goto("/repositories");
  });

  it("makes a user, gives them a group and a policy, and shows what they may do", async () => {
    await button("admin").click();
    await page.getByRole("menuitem", { name: "Administration" }).click();
    await page.getByRole("link", { name: "admin" }).waitFor();
    await expectAccessible(page);
    await button("Create User").click();
    await dialog().getByLabel("User name").fill("a%b");
    await dialog().getByText("A name cannot contain %.").waitFor();
    await dialog().getByLabel("User name").fill("admin");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByText("Already exists").waitFor();
    await dialog().getByLabel("User name").fill("alice@example.com");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/auth/users/alice%40example.com/groups");
    await page.getByText("No groups").waitFor();
    await expectAccessible(page);
    await button("Add groups").click();
    await dialog().getByLabel("Friends").check();
    await expectAccessible(page);
    await dialog().getByRole("button", { name: "Add", exact: true }).click();
    await closed();
    await page.getByRole("link", { name: "Friends" }).waitFor();
    expect(await idsOf("/groups/Friends/members")).toEqual(["alice@example.com"]);
    await nav("Of alice@example.com", "Policies").click();
    await button("Attach policies").click();
    await dialog().getByLabel("FSReadAll").check();
    await dialog().getByRole("button", { name: "Attach", exact: true }).click();
    await closed();
    await nav("Of alice@example.com", "Effective Permissions").click();
    await page.getByRole("cell", { name: "fs:List*, fs:Read*" }).waitFor();
    await expectAccessible(page);
    await nav("Of alice@example.com", "Policies").click();
    await button("Remove FSReadAll").click();
    await button("Yes").click();
    await page.getByText("No policies").waitFor();
    await nav("Of alice@example.com", "Effective Permissions").click();
    await page.getByText("No policy applies").waitFor();
  });

  it("edits a policy, with what is wrong said while it is typed", async () => {
    await page.goto("/auth/policies");
    await button("Create Policy").click();
    await dialog().getByText("The policy is valid.").waitFor();
    await dialog().getByLabel("Begin with").selectOption("Manage own keys");
    await dialog().getByText("The policy is valid.").waitFor();
    await dialog().getByLabel("Policy name").fill("readers");
    const text = dialog().getByLabel("Policy as JSON");
    const policy = (action: string) => JSON.stringify({ statement: [{ effect: "allow", action: [action], resource: "*" }] });
    await text.fill(policy("fs"));
    await dialog().getByText("is not of the form service:Verb").waitFor();
    expect(await dialog().getByRole("button", { name: "Create" }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await text.fill(policy("fs:ReadObjects"));
    await dialog().getByText("no action is named fs:ReadObjects").waitFor();
    await text.fill(policy("fs:ReadObject"));
    await dialog().getByText("The policy is valid.").waitFor();
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/auth/policies/readers");
    await page.getByRole("cell", { name: "fs:ReadObject" }).waitFor();
    await expectAccessible(page);
    await button("Edit").click();
    await text.fill("{");
    expect(await dialog().getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await text.fill(policy("fs:ListObjects"));
    await dialog().getByRole("button", { name: "Save" }).click();
    await page.getByRole("cell", { name: "fs:ListObjects" }).waitFor();
    const saved = (await call("GET", "/policies/readers")) as { statement: { action: string[] }[] };
    expect(saved.statement[0]?.action).toEqual(["fs:ListObjects"]);
    await button("Delete").click();
    await button("Yes").click();
    await page.waitForURL("**/auth/policies");
    await page.getByRole("link", { name: "FSReadAll" }).waitFor();
    expect(await idsOf("/policies")).not.toContain("readers");
    await page.goto("/auth/policies/readers");
    await page.getByText("There is no policy readers").waitFor();
  });

  it("makes a group, its members and its policies", async () => {
    await page.goto("/auth/groups");
    await page.getByText("Of the house").waitFor();
    await button("Create Group").click();
    await dialog().getByLabel("Group name").fill("Readers");
    await dialog().getByLabel("Description").fill("See all");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.waitForURL("**/auth/groups/Readers/members");
    await page.getByText("See all").waitFor();
    await button("Add users").click();
    await dialog().getByLabel("admin").check();
    await dialog().getByRole("button", { name: "Add", exact: true }).click();
    await closed();
    await page.getByRole("link", { name: "admin" }).waitFor();
    await expectAccessible(page);
    await nav("Of Readers", "Policies").click();
    await button("Attach policies").click();
    await dialog().getByLabel("FSReadAll").check();
    await dialog().getByRole("button", { name: "Attach", exact: true }).click();
    await closed();
    await page.getByRole("link", { name: "FSReadAll" }).waitFor();
    await nav("Of Readers", "Members").click();
    await button("Remove admin").click();
    await button("Yes").click();
    await page.getByText("No users").waitFor();
    expect(await idsOf("/groups/Readers/members")).toEqual([]);
    expect(await idsOf("/groups/Readers/policies")).toEqual(["FSReadAll"]);
  });

  it("filters, and deletes several at once, but not oneself", async () => {
    for (const id of ["b-1", "b-2", "c-1"]) await call("POST", "/users", { id });
    await page.goto("/auth/users");
    await page.getByRole("link", { name: "c-1" }).waitFor();
    expect(await page.getByLabel("Choose admin").isDisabled()).toBe(true);
    await page.getByRole("searchbox").fill("b-");
    await page.getByRole("link", { name: "c-1" }).waitFor({ state: "detached" });
    await page.getByLabel("Choose b-1").check();
    await page.getByLabel("Choose b-2").check();
    await button("Delete 2 users").click();
    await dialog().getByText("b-1, b-2").waitFor();
    await button("Yes").click();
    await page.getByText("None begins so").waitFor();
    expect(await idsOf("/users")).toEqual(["admin", "c-1"]);
  });

  it("shows more than one page", async () => {
    for (let index = 100; index < 205; index++) await call("POST", "/users", { id: `user-${index}` });
    await page.goto("/auth/users");
    await page.getByRole("link", { name: "user-150" }).waitFor();
    expect(await page.getByRole("link", { name: "user-204" }).count()).toBe(0);
    await button("Show more").click();
    await page.getByRole("link", { name: "user-204" }).waitFor();
  });

  it("invites somebody", async () => {
    await page.goto("/auth/users");
    await button("Invite User").click();
    await dialog().getByLabel("Mail address").fill("nobody");
    expect(await dialog().getByRole("button", { name: "Invite" }).isDisabled()).toBe(true);
    await dialog().getByLabel("Mail address").fill("new@example.com");
    await dialog().getByRole("button", { name: "Invite" }).click();
    await page.getByRole("link", { name: "new@example.com" }).waitFor();
  });

  it("makes a key of one's own, shown once, and revokes it", async () => {
    await page.goto("/auth/credentials");
    await page.getByRole("cell", { name: key.id }).waitFor();
    await button("Create Access Key").click();
    await button("Yes").click();
    await dialog().getByText("The secret is shown only now").waitFor();
    await expectAccessible(page);
    const [id = "", secret = ""] = await dialog().locator("code").allTextContents();
    expect(await server.call("GET", "/user", { id, secret })).toMatchObject({ user: { id: "admin" } });
    const [download] = await Promise.all([page.waitForEvent("download"), dialog().getByRole("link", { name: "Download credentials" }).click()]);
    expect(download.suggestedFilename()).toBe("lakectl.yaml");
    await dialog().getByRole("button", { name: "Close" }).click();
    const row = page.getByRole("row").filter({ hasText: id });
    await row.waitFor();
    expect(await page.getByText(secret).count()).toBe(0);
    await row.getByRole("button", { name: "Revoke" }).click();
    await button("Yes").click();
    await row.waitFor({ state: "detached" });
    await expect(server.call("GET", "/user", { id, secret })).rejects.toThrow("401");
  });

  it("is reached by the palette", async () => {
    await page.getByText("Welcome to lakeFS!").waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("polic");
    await page.getByRole("option", { name: "Policies" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/auth/policies");
  });
});

describe("a server whose groups have levels", () => {
  beforeEach(() => open("simplified"));

  it("has no policies, and sets the level of a group", async () => {
    await page.goto("/auth/groups/Writers");
    await page.getByLabel("Permission").waitFor();
    expect(await nav("Administration", "Policies").count()).toBe(0);
    expect(await page.getByRole("link", { name: "Policies" }).count()).toBe(0);
    await expectAccessible(page);
    await page.getByLabel("Permission").selectOption("Read");
    await page.getByText("Writers may Read now.").waitFor();
    expect(await call("GET", "/groups/Writers/acl")).toEqual({ permission: "Read" });
    await page.goto("/auth/policies");
    await page.getByText("This server does not have this").waitFor();
  });
});
