// A newcomer's way through the interface, from a fresh server on. Each step needs those before it.
// Names and selectors are those that automations made for lakeFS rely on.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, openPage, watch } from "./browser";
import { Server } from "./server";

let browser: Browser;
let server: Server;
let page: Page;
let faults: string[];
let broken = false;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(({ task }) => {
  broken ||= task.result?.state === "fail";
  expect(faults.splice(0)).toEqual([]);
});

const step = (name: string, run: () => Promise<void>) =>
  it(name, async ({ skip }) => {
    if (broken) skip();
    await run();
  });

const button = (name: string | RegExp, exact = false) => page.getByRole("button", { name, exact });
const text = (part: string | RegExp) => page.getByText(part).first();
const visible = (part: string | RegExp) => text(part).waitFor();
const dialog = () => page.getByRole("dialog");
const tab = (name: string) => page.getByRole("navigation", { name: "Repository" }).getByRole("link", { name }).click();
const file = (name: string, content: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

async function upload(files: { name: string; mimeType: string; buffer: Buffer }[], folder = "") {
  await button("Upload", true).click();
  await visible("Drag & drop files or folders here");
  await page.locator("input[type=file]").setInputFiles(files);
  if (folder) await dialog().getByLabel("Folder", { exact: true }).fill(folder);
  await button(`Upload ${files.length} File`).click();
  await dialog().waitFor({ state: "detached" });
}

async function commit(message: string) {
  await button("Commit Changes").click();
  await page.getByPlaceholder("Commit Message").fill(message);
  await dialog().getByRole("button", { name: "Commit", exact: true }).click();
  await dialog().waitFor({ state: "detached" });
}

async function pickRef(disclosure: string | RegExp, name: string) {
  await button(disclosure).click();
  await page.getByRole("combobox", { name: "Filter" }).fill(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("combobox", { name: "Filter" }).waitFor({ state: "detached" });
}

describe("a newcomer", () => {
  step("is led to the set-up", async () => {
    await page.goto("/");
    await page.waitForURL("**/setup");
    const name = page.getByPlaceholder("Admin Username");
    expect(await name.inputValue()).toBe("admin");
    await expectAccessible(page);
    await name.fill("");
    await button("Setup").click();
    await visible("Please enter your admin username.");
    await name.fill("admin");
    await button("Setup").click();
    await visible("You're all set!");
    await expectAccessible(page);
  });

  step("gets the key, as a file too, and logs in", async () => {
    const codes = page.locator("code");
    const [id = "", secret = ""] = await codes.allTextContents();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: /download credentials/i }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("lakectl.yaml");
    const [login] = await Promise.all([page.waitForEvent("popup"), button("Go To Login").click()]);
    page = login;
    faults = watch(page, server.url);
    await page.waitForURL("**/auth/login");
    await expectAccessible(page);
    await page.getByPlaceholder("Access Key ID").fill(id);
    await page.getByPlaceholder("Secret Access Key").fill("wrong");
    await button("Login").click();
    await visible("The credentials don't match.");
    await page.getByPlaceholder("Secret Access Key").fill(secret);
    await button("Login").click();
    await page.waitForURL(/\/repositories/);
    await visible("Welcome to lakeFS!");
    await expectAccessible(page);
  });

  step("makes the sample repository and reads its README", async () => {
    await button("Create Sample Repository").click();
    await expectAccessible(page);
    await dialog().getByRole("button", { name: "Create Repository" }).click();
    await page.waitForURL("**/repositories/quickstart/objects?ref=main");
    await page.getByRole("cell", { name: "lakes.parquet" }).waitFor();
    await page.locator(".markdown").first().waitFor();
    await expectAccessible(page);
  });

  step("asks the sample data by SQL", async () => {
    await page.getByRole("link", { name: "lakes.parquet" }).click();
    await page
      .locator("div.syntax-editor textarea")
      .fill("SELECT country, count(*) AS lakes FROM 'lakefs://quickstart/main/lakes.parquet' GROUP BY country ORDER BY lakes DESC LIMIT 5");
    await page.locator("button[type=submit]", { hasText: "Execute" }).click();
    await page.getByRole("region", { name: "Result of the query" }).waitFor();
    expect(await page.locator("table.table tbody tr").count()).toBe(5);
    await expectAccessible(page);
  });

  step("makes a repository of their own, its id checked while typed", async () => {
    await page.goto("/repositories");
    await page.getByRole("searchbox").waitFor();
    await button("Create Repository").click();
    const id = page.getByLabel("Repository ID");
    await id.fill("My Data");
    await visible("Small letters, digits and hyphens only");
    await id.fill("my-data");
    await dialog().getByRole("button", { name: "Create Repository" }).click();
    await page.waitForURL("**/repositories/my-data/objects?ref=main");
    await visible("Nothing here yet");
    await expectAccessible(page);
  });

  step("uploads files, sees them uncommitted, and takes one back", async () => {
    await upload([file("a.txt", "first"), file("b.csv", "name,size\nlake,3\n"), file("c.md", "# Hello")]);
    await upload([file("d.txt", "deep")], "folder/deep");
    await page.getByRole("cell", { name: "a.txt" }).waitFor();
    await visible("added");
    await button("Uncommitted Changes").click();
    await visible("Showing 4 changes for branch main");
    const rows = page.locator(".tree-container div.card table.table tbody tr");
    expect(await rows.count()).toBe(4);
    await button(/^folder\/$/).click();
    await button(/^deep\/$/).click();
    await page.getByRole("cell", { name: "d.txt" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("row", { name: /a\.txt/ }).getByRole("button", { name: "Take back" }).click();
    await button("Yes").click();
    await visible("Showing 3 changes for branch main");
  });

  step("commits", async () => {
    await commit("My first commit");
    await page.getByRole("cell", { name: "b.csv" }).waitFor();
    await button("Uncommitted Changes").waitFor({ state: "detached" });
    await tab("Commits");
    await page.locator(".card .list-group .list-group-item .clearfix h6 a", { hasText: "My first commit" }).waitFor();
    await expectAccessible(page);
  });

  step("looks at what a commit changed, and tags it", async () => {
    await page.getByRole("link", { name: "My first commit" }).click();
    await page.getByRole("cell", { name: "b.csv" }).waitFor();
    await expectAccessible(page);
    await button("Actions").click();
    await page.getByRole("menuitem", { name: "Tag it" }).click();
    await page.getByPlaceholder("Tag Name").fill("v1");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().waitFor({ state: "detached" });
    await tab("Tags");
    await page.getByRole("cell", { name: "v1" }).waitFor();
    await expectAccessible(page);
  });

  step("makes a branch, changes it, and deletes an object there", async () => {
    await page.getByRole("link", { name: "Branches" }).click();
    await button("Create Branch").click();
    await page.getByPlaceholder("Branch Name").fill("dev");
    await expectAccessible(page);
    await button("Create", true).click();
    await page.getByRole("cell", { name: "dev" }).waitFor();
    await dialog().waitFor({ state: "detached" });
    await expectAccessible(page);
    await page.getByRole("link", { name: "dev", exact: true }).click();
    await button("branch: dev").waitFor();
    await upload([file("new.txt", "on dev")]);
    const row = page.getByRole("row", { name: /c\.md/ });
    await row.getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await button("Yes").click();
    await dialog().waitFor({ state: "detached" });
    await visible("removed");
    await commit("Work on dev");
  });

  step("sees what an object holds", async () => {
    await page.getByRole("link", { name: "b.csv" }).click();
    await page.getByRole("cell", { name: "lake" }).waitFor();
    await expectAccessible(page);
    await button("Object Info").click();
    await visible("My first commit");
    await visible("text/plain");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  });

  step("compares and merges", async () => {
    await tab("Compare");
    await visible("There isn't anything to compare");
    await pickRef("Compared to branch: ", "dev");
    await visible("Showing changes between");
    await page.getByRole("cell", { name: "new.txt" }).waitFor();
    await expectAccessible(page);
    await button("Merge", true).click();
    await page.getByPlaceholder("Commit Message (Optional)").fill("Bring dev in");
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.method() === "POST" && sent.url().includes("/merge/")),
      dialog().getByRole("button", { name: "Merge" }).click(),
    ]);
    expect(new URL(request.url()).pathname).toBe("/api/v1/repositories/my-data/refs/dev/merge/main");
    await visible("No changes");
    expect(await button("Merge", true).isDisabled()).toBe(true);
  });

  step("is told of a conflict, and what to do", async () => {
    for (const [branch, content] of [["main", "one"], ["dev", "two"]] as const) {
      await page.goto(`/repositories/my-data/objects?ref=${branch}`);
      await button(`branch: ${branch}`).waitFor();
      await upload([file("both.txt", content)]);
      await commit(`both on ${branch}`);
    }
    await page.goto("/repositories/my-data/compare?ref=main&compare=dev");
    await visible("conflict");
    await button("Merge", true).click();
    await dialog().getByRole("button", { name: "Merge" }).click();
    await visible("Both sides changed the same objects.");
    await dialog().getByLabel("Strategy").selectOption("source-wins");
    await dialog().getByRole("button", { name: "Merge" }).click();
    await visible("No changes");
  });

  step("opens a pull request and merges it", async () => {
    await page.goto("/repositories/my-data/objects?ref=dev");
    await button("branch: dev").waitFor();
    await upload([file("pull.txt", "for the pull request")]);
    await commit("For a pull request");
    await tab("Pull Requests");
    await visible("No open pull requests");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Create Pull Request" }).click();
    await page.getByRole("heading", { name: "Create Pull Request" }).waitFor();
    await pickRef("Compared to branch: ", "dev");
    await visible("main...dev/");
    await page.getByPlaceholder("Add a title...").fill("Bring it in");
    await page.getByPlaceholder("Add a description...").fill("It is **ready**.");
    await expectAccessible(page);
    await button("Create Pull Request").click();
    await page.locator(".markdown strong", { hasText: "ready" }).waitFor();
    await visible("main...dev/");
    await expectAccessible(page);
    await button("Merge pull request").click();
    await button("Yes").click();
    await visible("Merged");
    await tab("Pull Requests");
    await page.getByRole("tab", { name: "Closed" }).click();
    await page.getByRole("link", { name: "Bring it in" }).waitFor();
  });

  step("reverts a commit", async () => {
    await tab("Commits");
    await page.getByRole("link", { name: "Repository created" }).waitFor();
    const before = await page.locator(".card .list-group .list-group-item").count();
    await button("Revert", true).click();
    await page.getByRole("checkbox", { name: "Revert For a pull request" }).check();
    await button("Continue (1)").click();
    await page.getByRole("heading", { name: "Revert Commits" }).waitFor();
    await visible("Commits to Revert (in order)");
    await page.getByPlaceholder("Describe the revert").fill("Revert what the pull request brought");
    await button("Add Metadata field").click();
    await page.getByPlaceholder("Key").fill("reason");
    await page.getByPlaceholder("Value").fill("test");
    await page.getByLabel("Allow empty commit").check();
    await expectAccessible(page);
    await button("Apply").click();
    await visible("Are you sure you want to revert");
    await button("Yes").click();
    await page.getByRole("link", { name: "Revert what the pull request brought" }).waitFor();
    expect(await page.locator(".card .list-group .list-group-item").count()).toBe(before + 1);
  });

  step("imports what lies in the store, watching", async () => {
    const lake = join(server.directory, "lake");
    mkdirSync(lake, { recursive: true });
    for (const name of ["one.txt", "two.txt"]) writeFileSync(join(lake, name), name);
    await page.goto("/repositories/my-data/objects?ref=main&importDialog=true");
    await page.getByLabel("Import from").fill(`local://${lake}/`);
    await page.getByLabel("Destination").fill("imported/");
    await expectAccessible(page);
    await dialog().getByRole("button", { name: "Import", exact: true }).click();
    await visible("2 objects are on main");
    await dialog().getByRole("button", { name: "Close", exact: true }).click();
    await page.getByRole("link", { name: "imported/" }).click();
    await page.getByRole("cell", { name: "two.txt" }).waitFor();
  });

  step("protects a branch", async () => {
    await tab("Settings");
    await visible("Storage namespace");
    await expectAccessible(page);
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Branches" }).click();
    await visible("No branch is protected");
    await button("Add").click();
    await page.getByLabel("Branch name pattern").fill("dev");
    await button("Create", true).click();
    await page.getByRole("button", { name: "Remove the rule dev" }).waitFor();
    await dialog().waitFor({ state: "detached" });
    await expectAccessible(page);
    await tab("Branches");
    await visible("protected");
    await page.goto("/repositories/my-data/objects?ref=dev");
    await visible("protected");
    expect(await button("Upload", true).count()).toBe(0);
  });

  step("goes back and forth in the history of the browser", async () => {
    await page.goto("/repositories/my-data/objects?ref=main");
    await page.getByRole("link", { name: "folder/" }).click();
    await page.getByRole("link", { name: "deep/" }).click();
    await page.getByRole("cell", { name: "d.txt" }).waitFor();
    await page.goBack();
    await page.getByRole("cell", { name: "deep/" }).waitFor();
    await page.goBack();
    await page.getByRole("cell", { name: "b.csv" }).waitFor();
  });

  step("reads what is wrong where something does not exist", async () => {
    for (const [address, said] of [
      ["/repositories/nowhere/objects", "There is no repository nowhere"],
      ["/repositories/my-data/objects?ref=nothing", "There is no ref nothing"],
      ["/repositories/my-data/objects?path=none/", "No such folder"],
      ["/repositories/my-data/object?ref=main&path=none", "There is no such object"],
      ["/repositories/my-data/commits/abcdefabcdef", "There is no such commit"],
      ["/repositories/my-data/pulls/none", "There is no such pull request"],
    ] as const) {
      await page.goto(address);
      await visible(said);
    }
  });

  step("works by the keyboard alone", async () => {
    await page.goto("/repositories/my-data/objects?ref=main");
    await page.getByRole("cell", { name: "b.csv" }).waitFor();
    await button("branch: main").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: /^dev/ }).waitFor();
    await page.keyboard.type("dev");
    await page.getByRole("option", { name: /^main/ }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await button("branch: dev").waitFor();
    const menu = page.getByRole("row", { name: /b\.csv/ }).getByRole("button", { name: "Actions" });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Object Info" }).waitFor();
    await page.keyboard.press("Enter");
    await visible("Physical address");
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
  });

  step("deletes the repository after typing its name", async () => {
    await page.goto("/repositories/my-data/settings/general");
    await button("Delete Repository").click();
    const go = button("I understand the consequences, delete this repository");
    expect(await go.isDisabled()).toBe(true);
    await page.getByLabel("Type my-data to confirm").fill("my-data");
    await go.click();
    await page.waitForURL("**/repositories");
    await page.getByRole("link", { name: "quickstart" }).waitFor();
    expect(await page.getByRole("link", { name: "my-data" }).count()).toBe(0);
  });

  step("logs out, and comes back to where they were", async () => {
    await page.goto("/repositories/quickstart/branches");
    await button("admin").click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.waitForURL("**/auth/login");
    await page.goto("/repositories/quickstart/branches");
    await page.waitForURL(`**/auth/login?next=${encodeURIComponent("/repositories/quickstart/branches")}`);
  });
});
