// What stands beside the pages: the graph of commits, code to copy, the palette, runs, the server.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

const call = (method: string, path: string, json?: unknown) => server.call(method, `/repositories${path}`, key, json);

async function commit(branch: string, path: string, message: string) {
  await server.upload(key, "lake", path, message, "text/plain", branch);
  await call("POST", `/lake/branches/${branch}/commits`, { message });
}

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await call("POST", "", { name: "lake", storage_namespace: "local://lake" });
  await call("POST", "", { name: "reservoir", storage_namespace: "local://reservoir" });
  await commit("main", "data/first.csv", "First");
  await call("POST", "/lake/branches", { name: "dev", source: "main" });
  await commit("dev", "dev.txt", "On dev");
  await commit("main", "main.txt", "On main");
  await call("POST", "/lake/refs/dev/merge/main", { message: "Merge dev" });
  await call("POST", "/lake/tags", { id: "v1", ref: "main" });
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => {
  expect(faults.splice(0)).toEqual([]);
});

describe("the graph of commits", () => {
  it("has a lane for the branch that was merged, and the names of refs", async () => {
    await page.goto("/repositories/lake/commits?ref=main");
    const row = (message: string) => page.locator(".list-group-item", { has: page.getByRole("link", { name: message, exact: true }) });
    await row("First").locator(".graph-node").waitFor();
    const lane = async (message: string) => Number(/lane-(\d)/.exec((await row(message).locator(".graph-node").getAttribute("class")) ?? "")?.[1]);
    expect(await lane("Merge dev")).toBe(0);
    expect([await lane("On dev"), await lane("On main")].sort()).toEqual([0, 1]);
    expect(await lane("First")).toBe(0);
    await row("Merge dev").locator(".graph-node.merge").waitFor();
    await row("Merge dev").getByText("(a merge)").waitFor();
    await row("Merge dev").locator(".badge", { hasText: "main" }).waitFor();
    await row("Merge dev").locator(".badge", { hasText: "v1" }).waitFor();
    await row("On dev").locator(".badge", { hasText: "dev" }).waitFor();
    // Lines of rows meet: each cell reaches over the whole of its row.
    const [cell, item] = await Promise.all([row("On main").locator(".graph-cell").boundingBox(), row("On main").boundingBox()]);
    expect(cell?.height).toBeGreaterThanOrEqual(item?.height ?? Infinity);
    await expectAccessible(page);
  });
});

describe("code", () => {
  const code = () => page.getByRole("dialog", { name: "Use it from code" });

  it("of an object, by the keyboard", async () => {
    await page.goto("/repositories/lake/object?ref=main&path=data/first.csv");
    await page.getByRole("button", { name: "Code" }).focus();
    await page.keyboard.press("Enter");
    await code().getByRole("tab", { name: "Python" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await code().getByText('Key="main/data/first.csv"').waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await code().waitFor({ state: "detached" });
  });

  it("of a ref, for the tool that was used last", async () => {
    await page.goto("/repositories/lake/objects?ref=v1");
    await page.getByRole("button", { name: "Code", exact: true }).click();
    await code().getByText('Prefix="v1/"').waitFor();
  });

  it("of a folder in a list, and copies it", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/repositories/lake/objects?ref=main");
    await page.getByRole("row", { name: /data\// }).getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Copy as Code" }).click();
    await code().getByRole("tab", { name: "curl" }).click();
    await code().getByRole("button", { name: "Copy the code for curl" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${server.url}/api/v1/repositories/lake/refs/main/objects/ls`);
  });
});

describe("the palette", () => {
  const box = () => page.getByRole("combobox", { name: "Go to or do" });
  const option = (name: string | RegExp) => page.getByRole("option", { name }).first();
  async function type(text: string) {
    await page.keyboard.press("Control+k");
    await box().waitFor();
    expect(await box().evaluate((input) => input === document.activeElement)).toBe(true);
    await page.keyboard.type(text);
  }

  it("leads to a repository, a page, a branch, a tag and a path, by the keyboard alone", async () => {
    await page.goto("/repositories");
    await page.getByRole("link", { name: "reservoir" }).waitFor();
    await type("reser");
    await option(/^reservoir/).waitFor();
    expect(await option(/^lake/).count()).toBe(0);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/repositories/reservoir/objects");
    await page.goto("/repositories/lake/objects?ref=main");
    await page.getByRole("button", { name: "branch: main" }).waitFor();
    await type("log");
    await option(/^Commits/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/repositories/lake/commits?ref=main");
    await type("dev");
    await option(/^dev/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/repositories/lake/objects?ref=dev");
    await type("data/fir");
    await option(/^data\/first\.csv/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/repositories/lake/object?ref=dev&path=data%2Ffirst.csv");
  });

  it("takes URIs and commits, and says when it finds nothing", async () => {
    await page.goto("/repositories/lake/objects?ref=main");
    await page.getByRole("button", { name: "branch: main" }).waitFor();
    await type("lakefs://reservoir/main/");
    await option(/^lakefs:/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/repositories/reservoir/objects?ref=main");
    await type("xyzzy");
    await page.getByText("Nothing is found.").waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await box().waitFor({ state: "detached" });
    const { results } = (await call("GET", "/lake/refs/main/commits?amount=1")) as { results: { id: string }[] };
    const id = results[0]?.id ?? "";
    await page.goto("/repositories/lake/tags");
    await page.getByText("v1").first().waitFor();
    await type(id);
    await option(/^Commit/).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/repositories/lake/commits/${id}`);
  });

  it("does things, and opens by its button", async () => {
    await page.getByRole("button", { name: "Go to…" }).click();
    await page.keyboard.type("theme");
    const theme = await page.evaluate(() => document.documentElement.dataset.theme);
    await option(/theme$/).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => document.documentElement.dataset.theme !== before, theme);
  });
});

describe("runs of actions", () => {
  it("have no tab where there are none, and a page that teaches", async () => {
    await page.goto("/repositories/lake/tags");
    await page.getByText("v1").first().waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByRole("navigation", { name: "Repository" }).getByRole("link", { name: "Actions" }).count()).toBe(0);
    await page.goto("/repositories/lake/actions");
    await page.getByText("No action has run yet").waitFor();
    await expectAccessible(page);
  });

  // In the form of the recorded answers of a server that ran them.
  const pagination = { has_more: false, max_per_page: 1000, next_offset: "", results: 0 };
  const times = { start_time: "2026-11-22T19:44:55.178799207Z", end_time: "2026-11-22T19:44:56.586308931Z" };
  const runs = [
    { run_id: "4oolbi9ksduc3v4bp4a0", branch: "main", commit_id: "", event_type: "pre-commit", status: "failed", ...times },
    { run_id: "4oolbi9ksduc3v4bp43g", branch: "dev", commit_id: "e3da681d32d8e27647be2ac60aa96a43ab3450a1725880360c42a208cf34fb57", event_type: "post-commit", status: "completed", ...times },
  ];
  const hooks = [
    { hook_run_id: "0000_0000", action: "Message check", hook_id: "has_ticket", status: "failed", ...times },
    { hook_run_id: "0000_0001", action: "Message check", hook_id: "second", status: "skipped", start_time: times.start_time },
  ];

  it("are listed, filtered, and show what hooks printed", async () => {
    await server.upload(key, "lake", "_lakefs_actions/check.yaml", "name: Message check\non: {pre-commit: {}}\nhooks: []\n", "text/plain");
    await page.route("**/api/v1/repositories/lake/actions/runs**", async (route) => {
      const url = new URL(route.request().url());
      const rest = url.pathname.split("/actions/runs")[1] ?? "";
      const branch = url.searchParams.get("branch");
      if (rest === "") {
        await route.fulfill({ json: { pagination, results: runs.filter((run) => !branch || run.branch === branch) } });
      } else if (rest.endsWith("/hooks")) await route.fulfill({ json: { pagination, results: hooks } });
      else if (rest.endsWith("/output")) {
        await route.fulfill({ body: rest.includes("0000_0000") ? "event pre-commit on main\nError: a ticket is required <script>window.ran=1</script>\n" : "" });
      } else if (rest === "/none") await route.fulfill({ status: 404, json: { message: "not found" } });
      else await route.fulfill({ json: runs[0] });
    });
    await page.goto("/repositories/lake/objects");
    await page.getByRole("navigation", { name: "Repository" }).getByRole("link", { name: "Actions" }).click();
    await page.getByRole("row", { name: /post-commit/ }).waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
    await page.getByText("refused").waitFor();
    await expectAccessible(page);
    await page.getByRole("link", { name: "dev", exact: true }).click();
    await page.getByRole("row", { name: /pre-commit/ }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "All runs" }).click();
    await page.getByRole("link", { name: /^pre-commit/ }).click();
    await page.getByText("a ticket is required").waitFor();
    await page.getByRole("button", { name: /^second/ }).click();
    await page.getByText("It was skipped.").waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
    await page.getByRole("link", { name: "Its file" }).click();
    await page.waitForURL("**/object?ref=main&path=_lakefs_actions%2Fcheck.yaml");
    await page.goto("/repositories/lake/actions/none");
    await page.getByText("There is no such run").waitFor();
    await page.unrouteAll();
  });
});

describe("a run that goes on", () => {
  it("changes on the page as it does, in the list and in what its hook prints", async () => {
    const pagination = { has_more: false, max_per_page: 1000, next_offset: "", results: 1 };
    const start_time = "2026-11-22T19:44:55Z";
    const run = { run_id: "live", branch: "main", commit_id: "", event_type: "pre-merge", status: "running", start_time };
    const hook = { hook_run_id: "0_0", action: "Slow", hook_id: "waits", status: "running", start_time };
    let output = "began\n";
    await page.route("**/api/v1/repositories/lake/actions/runs**", async (route) => {
      const rest = new URL(route.request().url()).pathname.split("/actions/runs")[1] ?? "";
      if (rest === "") await route.fulfill({ json: { pagination, results: [run] } });
      else if (rest.endsWith("/hooks")) await route.fulfill({ json: { pagination, results: [hook] } });
      else if (rest.endsWith("/output")) await route.fulfill({ body: output });
      else await route.fulfill({ json: run });
    });
    await page.goto("/repositories/lake/actions");
    await page.getByRole("row", { name: /pre-merge/ }).getByText("running").waitFor();
    await page.goto("/repositories/lake/actions/live");
    await page.getByRole("button", { name: /^waits/ }).click();
    await page.getByText("began").waitFor();
    output += "goes on\n";
    await page.getByText("goes on").waitFor();
    // The end comes between two questions for the output: what was printed last is there all the same.
    run.status = hook.status = "completed";
    output += "ended\n";
    await page.getByText("ended").waitFor();
    await page.getByRole("region", { name: "Slow" }).getByText("completed").waitFor();
    run.status = "running";
    await page.goto("/repositories/lake/actions");
    await page.getByRole("row", { name: /pre-merge/ }).getByText("running").waitFor();
    run.status = "failed";
    await page.getByRole("row", { name: /pre-merge/ }).getByText("failed").waitFor();
    await page.unrouteAll();
  });
});

describe("the server's page", () => {
  it("tells version, health, store and permissions", async () => {
    await page.goto("/repositories");
    await page.getByRole("button", { name: "admin" }).click();
    await page.getByRole("menuitem", { name: "Server" }).click();
    await page.waitForURL("**/server");
    await page.getByText("well").waitFor();
    await page.getByText("Local files").waitFor();
    await page.getByText("who has a key may do everything").waitFor();
    await expectAccessible(page);
  });

  it("lists the policies of a user where the server has some", async () => {
    const policy = { id: "ReadAll", statement: [{ effect: "allow", action: ["fs:Read*", "fs:List*"], resource: "*" }] };
    await page.route("**/api/v1/auth/users/admin/policies**", (route) => route.fulfill({ json: { pagination: { has_more: false, max_per_page: 1000, next_offset: "", results: 1 }, results: [policy] } }));
    await page.goto("/server");
    await page.getByRole("cell", { name: "ReadAll" }).waitFor();
    await page.getByText("fs:Read*, fs:List*").waitFor();
    await expectAccessible(page);
    await page.unrouteAll();
  });
});
