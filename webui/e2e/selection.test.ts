// Many objects at once: choosing, sorting, archives, copies, moves, deletions.
import { execFileSync } from "node:child_process";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

const objects: Record<string, string> = {
  "a.txt": "first",
  "b.txt": "the second is longer",
  "c.txt": "3",
  "f/one": "one",
  "f/deep/two": "two",
  "g/../evil": "no way out",
};

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "many", storage_namespace: "local://many" });
  for (const [path, content] of Object.entries(objects)) await server.upload(key, "many", path, content, "text/plain");
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => expect(faults.splice(0)).toEqual([]));

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const dialog = () => page.getByRole("dialog");
const row = (name: string) => page.getByRole("row", { name: new RegExp(name.replace(".", "\\.")) });
const choose = async (...names: string[]) => {
  for (const name of names) await row(name).getByRole("checkbox", { name: "Select" }).check();
};
const open = async () => {
  await page.goto("/repositories/many/objects?ref=main");
  await page.getByRole("cell", { name: "a.txt" }).waitFor();
};
const names = () => page.locator(".object-list tbody a").allTextContents();

async function listed(): Promise<string[]> {
  const answer = (await server.call("GET", "/repositories/many/refs/main/objects/ls?amount=100", key)) as { results: { path: string }[] };
  return answer.results.map(({ path }) => path);
}

async function unpacked(file: Download): Promise<Record<string, string>> {
  const script = "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))";
  return JSON.parse(execFileSync("python3", ["-c", script, await file.path()], { encoding: "utf8" })) as Record<string, string>;
}

it("sorts what is loaded", async () => {
  await open();
  expect(await names()).toEqual(["a.txt", "b.txt", "c.txt", "f/", "g/"]);
  await button("Size").click();
  await expect.poll(names).toEqual(["f/", "g/", "b.txt", "a.txt", "c.txt"]);
  expect(await page.getByRole("columnheader", { name: "Size" }).getAttribute("aria-sort")).toBe("descending");
  await button("Size").click();
  await expect.poll(names).toEqual(["f/", "g/", "c.txt", "a.txt", "b.txt"]);
  await button("Name").click();
  await expect.poll(names).toEqual(["a.txt", "b.txt", "c.txt", "f/", "g/"]);
});

it("chooses by ranges, all, and none", async () => {
  await open();
  await choose("a.txt");
  await row("c.txt").getByRole("checkbox").click({ modifiers: ["Shift"] });
  await page.getByText("3 items selected").waitFor();
  await expectAccessible(page);
  await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
  await page.getByText("5 items selected").waitFor();
  await button("Clear").click();
  await page.getByText("items selected").waitFor({ state: "detached" });
});

it("copies URIs", async () => {
  await open();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  await choose("a.txt", "f/");
  await button("Copy URIs").click();
  await page.getByText("2 URIs copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("lakefs://many/main/a.txt\nlakefs://many/main/f/");
});

it("saves an archive that the browser holds, with names that lead nowhere else", async () => {
  await page.addInitScript(() => Reflect.deleteProperty(window, "showSaveFilePicker"));
  await open();
  await choose("a.txt", "f/", "g/");
  await button("Download ZIP").click();
  await dialog().getByText("holds the archive until it is whole").waitFor();
  await expectAccessible(page);
  const [file] = await Promise.all([page.waitForEvent("download"), dialog().getByRole("button", { name: "Download", exact: true }).click()]);
  expect(file.suggestedFilename()).toBe("many.zip");
  expect(await unpacked(file)).toEqual({ "a.txt": "first", "f/deep/two": "two", "f/one": "one", "g/__/evil": "no way out" });
});

it("writes an archive to a file while it is read, and leaves none where that fails", async () => {
  // The dialog of the system is no part of the page: a private file of the browser stands for the chosen one.
  await page.addInitScript(() => {
    const pick = async ({ suggestedName }: { suggestedName: string }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    Object.assign(window, { showSaveFilePicker: pick });
  });
  await open();
  const save = async (name: string) => {
    await choose(name);
    await button("Download ZIP").click();
    await dialog().getByRole("button", { name: "Download", exact: true }).click();
  };
  const bytesOf = (name: string) =>
    page.evaluate(async (file) => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle(file);
      return [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
    }, name);
  await save("f/");
  await page.getByText("f.zip holds 2 objects.").waitFor();
  expect(Buffer.from(await bytesOf("f.zip")).toString("latin1")).toMatch(/^PK.*f\/deep\/two.*f\/one/s);
  await button("Clear").click();
  await page.route("**/objects?path=b.txt", (route) => route.fulfill({ status: 200, body: "not what it was" }));
  await save("b.txt");
  await dialog().getByText("b.txt changed while it was read").waitFor();
  expect(await bytesOf("b.txt.zip")).toEqual([]);
  await page.unroute("**/objects?path=b.txt");
});

it("copies, and changes nothing where something is there already", async () => {
  await open();
  await choose("a.txt", "f/");
  await button("Copy to…").click();
  await dialog().getByText("a.txt is there already.").waitFor();
  await dialog().getByLabel("Folder").fill("backup");
  await expectAccessible(page);
  await dialog().getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("3 objects were copied on main.").waitFor();
  const copied = ["a.txt", "b.txt", "backup/a.txt", "backup/f/deep/two", "backup/f/one", "c.txt", "f/deep/two", "f/one", "g/../evil"];
  expect(await listed()).toEqual(copied);
  await choose("a.txt");
  await button("Move to…").click();
  await dialog().getByLabel("New path").fill("backup/a.txt");
  await dialog().getByRole("button", { name: "Move", exact: true }).click();
  await dialog().getByText("backup/a.txt is there already. Nothing was changed.").waitFor();
  expect(await listed()).toEqual(copied);
  await page.keyboard.press("Escape");
});

it("moves a folder, and renames an object", async () => {
  await open();
  await row("f/").getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Move or Rename" }).click();
  await dialog().getByLabel("New path").fill("f/g/");
  await dialog().getByText("f/ cannot be put into itself.").waitFor();
  await dialog().getByLabel("New path").fill("h/");
  await dialog().getByRole("button", { name: "Move", exact: true }).click();
  await page.getByText("2 objects were moved on main.").waitFor();
  expect(await listed()).toEqual(["a.txt", "b.txt", "backup/a.txt", "backup/f/deep/two", "backup/f/one", "c.txt", "g/../evil", "h/deep/two", "h/one"]);
});

it("deletes objects and folders", async () => {
  await open();
  await choose("backup/", "b.txt");
  await button("Delete").click();
  await dialog().getByText("folders with all that is below them").waitFor();
  await button("Yes").click();
  await page.getByText("4 objects were deleted").waitFor();
  expect(await listed()).toEqual(["a.txt", "c.txt", "g/../evil", "h/deep/two", "h/one"]);
  await page.getByText("items selected").waitFor({ state: "detached" });
});
