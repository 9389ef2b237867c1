// What people do most, by the keyboard alone: nothing here uses a pointer. Each step needs those before it.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { type Key, Server } from "./server";

// More presses of Tab than any way here takes.
const tabsMost = 80;

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];
let broken = false;

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "keys", storage_namespace: "local://keys" });
  const files = Array.from({ length: 120 }, (_, file) => String(file).padStart(3, "0"));
  await Promise.all(files.map((file) => server.upload(key, "keys", `many/file-${file}`, file, "text/plain")));
  await server.call("POST", "/repositories/keys/branches/main/commits", key, { message: "Many files" });
  await server.call("POST", "/repositories/keys/branches", key, { name: "dev", source: "main" });
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  // The dialog of the system, which is no part of the page.
  page.on("filechooser", (chooser) => {
    void chooser.setFiles({ name: "typed.txt", mimeType: "text/plain", buffer: Buffer.from("by keys") });
  });
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

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = () => page.getByRole("dialog");
const press = (...keys: string[]) => keys.reduce((before, each) => before.then(() => page.keyboard.press(each)), Promise.resolve());
const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement);
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");

/** Goes on by Tab until it is there. */
async function tabTo(target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let tabs = 0; tabs < tabsMost; tabs++) {
    if (await hasFocus(target.first())) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${String(target)}; the focus is at “${await focused()}”`);
}

const write = (text: string) => page.keyboard.type(text);

step("logs in", async () => {
  await page.goto("/auth/login");
  await tabTo(page.getByPlaceholder("Access Key ID"));
  await write(key.id);
  await press("Tab");
  await write(key.secret);
  await press("Enter");
  await page.waitForURL("**/repositories");
});

step("browses: opens a repository and a folder, and goes through a long list", async () => {
  await tabTo(page.getByRole("link", { name: "keys" }));
  await press("Enter");
  await tabTo(page.getByRole("link", { name: "many/" }));
  await press("Enter");
  const link = (number: string) => page.getByRole("link", { name: `file-${number}`, exact: true });
  await tabTo(link("000"));
  await press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp");
  expect(await focused()).toBe("file-002");
  await press("End");
  await expect.poll(focused).toBe("file-119");
  await press("ArrowUp", "PageUp");
  await expect.poll(focused).toMatch(/^file-(09|10)/);
  await press("Home");
  await expect.poll(focused).toBe("file-000");
  await press("ArrowDown", "Enter");
  await page.getByRole("region", { name: "Text of file-001" }).waitFor();
});

step("opens the menu of a row, and comes back to the row", async () => {
  await page.goto("/repositories/keys/objects?ref=dev&path=many/");
  const menu = page.getByRole("row", { name: /file-003/ }).getByRole("button", { name: "Actions" });
  await tabTo(page.getByRole("link", { name: "file-000", exact: true }));
  await press("ArrowDown", "ArrowDown", "ArrowDown");
  await tabTo(menu);
  await press("Enter");
  await page.getByRole("menuitem", { name: "Object Info" }).waitFor();
  await press("ArrowDown", "ArrowUp", "Enter");
  await page.getByText("Physical address").waitFor();
  await press("Escape");
  await dialog().waitFor({ state: "detached" });
  expect(await hasFocus(menu)).toBe(true);
  await press("ArrowDown", "Enter");
  await page.getByRole("menuitem", { name: "Object Info" }).waitFor();
  await press("Escape");
  await page.getByRole("menuitem").first().waitFor({ state: "detached" });
  expect(await hasFocus(page.getByRole("row", { name: /file-004/ }).getByRole("button", { name: "Actions" }))).toBe(true);
  await expectAccessible(page);
});

step("uploads", async () => {
  await page.goto("/repositories/keys/objects?ref=dev");
  await tabTo(button("Upload"));
  await press("Enter");
  await dialog().waitFor();
  await tabTo(button("Choose files"));
  await press("Enter");
  await dialog().getByText("typed.txt").first().waitFor();
  await tabTo(dialog().getByLabel("Folder", { exact: true }));
  await write("new");
  await tabTo(button("Upload 1 File"));
  await press("Enter");
  await dialog().waitFor({ state: "detached" });
  await page.getByRole("link", { name: "new/" }).waitFor();
});

step("looks at the changes and commits them", async () => {
  await tabTo(button("Uncommitted Changes"));
  await press("Enter");
  await tabTo(button("new/"));
  await press("Enter");
  await page.getByRole("cell", { name: "typed.txt" }).waitFor();
  await tabTo(button("Commit Changes"));
  await press("Enter");
  await page.getByPlaceholder("Commit Message").waitFor();
  expect(await hasFocus(page.getByPlaceholder("Commit Message"))).toBe(true);
  await write("By keys alone");
  await tabTo(dialog().getByRole("button", { name: "Commit", exact: true }));
  await press("Enter");
  await dialog().waitFor({ state: "detached" });
  await button("Commit Changes").waitFor({ state: "detached" });
});

step("compares and merges", async () => {
  await tabTo(page.getByRole("navigation", { name: "Repository" }).getByRole("link", { name: "Compare" }));
  await press("Enter");
  await page.getByText("There isn't anything to compare").waitFor();
  await tabTo(button(/^Compared to branch: /));
  await press("Enter");
  await page.getByRole("combobox", { name: "Filter" }).waitFor();
  await write("dev");
  await page.getByRole("option", { name: /^main/ }).waitFor({ state: "detached" });
  await press("Enter");
  await tabTo(button("new/"));
  await tabTo(button("Merge"));
  await press("Enter");
  await page.getByPlaceholder("Commit Message (Optional)").waitFor();
  expect(await hasFocus(page.getByPlaceholder("Commit Message (Optional)"))).toBe(true);
  await write("Merged by keys");
  await press("Control+Enter");
  await page.getByText("No changes").waitFor();
  const log = (await server.call("GET", "/repositories/keys/refs/main/commits?amount=1", key)) as { results: { message: string }[] };
  expect(log.results[0]?.message).toBe("Merged by keys");
});
