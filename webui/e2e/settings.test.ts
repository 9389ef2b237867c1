// The settings of a repository: retention in fields and as JSON, metadata, and those who may not.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

const rules = () => server.call("GET", "/repositories/lake/settings/gc_rules", key);
const metadata = () => server.call("GET", "/repositories/lake/metadata", key);
const button = (name: string, exact = true) => page.getByRole("button", { name, exact });
const dialog = () => page.getByRole("dialog");
const section = (name: string) => page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name }).click();

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "lake", storage_namespace: "local://lake" });
  await server.call("POST", "/repositories", key, { name: "frozen", storage_namespace: "local://frozen", read_only: true });
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

it("sets rules for retention in a form, checked while they are typed", async () => {
  await page.goto("/repositories/lake/settings/general");
  await section("Retention");
  await page.getByText("No rules").waitFor();
  await expectAccessible(page);
  await button("Set Rules").click();
  await page.getByLabel("Days for all branches").fill("soon");
  await page.getByText("A whole number of days.").first().waitFor();
  expect(await button("Save").isDisabled()).toBe(true);
  await page.getByLabel("Days for all branches").fill("21");
  await button("Add Branch").click();
  expect(await button("Save").isDisabled()).toBe(true);
  await page.getByLabel("Branch 1").fill("main");
  await page.getByLabel("Days 1").fill("365");
  await expectAccessible(page);
  await button("Save").click();
  await page.getByRole("listitem").filter({ hasText: "main" }).getByText("365 days").waitFor();
  expect(await rules()).toEqual({ default_retention_days: 21, branches: [{ branch_id: "main", retention_days: 365 }] });
});

it("edits them as JSON, and goes back to the form with what was typed", async () => {
  await button("Edit").click();
  await button("JSON").click();
  const text = page.getByLabel("Rules as JSON");
  expect(JSON.parse(await text.inputValue())).toEqual(await rules());
  await text.fill('{"default_retention_days": 7, "branches": [{"branch_id": "dev"}]}');
  await page.getByText("retention_days must be a number").waitFor();
  expect(await button("Form").isDisabled()).toBe(true);
  await expectAccessible(page);
  await text.fill('{"default_retention_days": 7, "branches": [{"branch_id": "dev", "retention_days": 2}]}');
  await button("Form").click();
  expect(await page.getByLabel("Branch 1").inputValue()).toBe("dev");
  await button("Save").click();
  await page.getByText("7 days").waitFor();
  expect(await rules()).toEqual({ default_retention_days: 7, branches: [{ branch_id: "dev", retention_days: 2 }] });
});

it("deletes the rules", async () => {
  await button("Delete Rules").click();
  await button("Yes").click();
  await page.getByText("No rules").waitFor();
  await expect(rules()).rejects.toThrow("404");
});

it("writes, changes and removes metadata of the repository", async () => {
  await section("Metadata");
  await page.getByText("Nothing is written").waitFor();
  for (const [name, value] of [["owner", "the lake team"], ["contact", "lake@example.com"]] as const) {
    await button("Add").click();
    await dialog().getByLabel("Key").fill(name);
    await dialog().getByLabel("Value").fill(value);
    await dialog().getByRole("button", { name: "Add" }).click();
    await dialog().waitFor({ state: "detached" });
  }
  await expectAccessible(page);
  const row = page.getByRole("row", { name: /owner/ });
  await row.getByRole("button", { name: "Change" }).click();
  await dialog().getByLabel("Value").fill("all of us");
  await dialog().getByRole("button", { name: "Change" }).click();
  await row.getByText("all of us").waitFor();
  expect(await metadata()).toEqual({ owner: "all of us", contact: "lake@example.com" });
  await page.getByRole("row", { name: /contact/ }).getByRole("button", { name: "Remove" }).click();
  await button("Yes").click();
  await page.getByText("lake@example.com").waitFor({ state: "detached" });
  expect(await metadata()).toEqual({ owner: "all of us" });
});

it("offers no change where none is possible", async () => {
  await page.goto("/repositories/frozen/settings/metadata");
  await page.getByText("Nothing is written").waitFor();
  expect(await button("Add").count()).toBe(0);
  // As the contract lets a server answer somebody without the permission.
  await page.route("**/set_allowed", (route) => route.fulfill({ status: 401, json: { message: "insufficient permissions: not allowed" } }));
  await page.goto("/repositories/lake/settings/retention");
  await page.getByText("No rules").waitFor();
  expect(await button("Set Rules").count()).toBe(0);
  await section("Branches");
  await page.getByText("No branch is protected").waitFor();
  expect(await button("Add").isDisabled()).toBe(true);
  await page.unrouteAll();
});
