// Uploads: what becomes of names that are taken, and of large files that fail on their way.
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "loads", storage_namespace: "local://loads" });
  await server.upload(key, "loads", "taken.txt", "the first", "text/plain");
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => expect(faults.splice(0)).toEqual([]));

const dialog = () => page.getByRole("dialog");
const file = (name: string, content: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
const sizeOf = async (path: string) =>
  ((await server.call("GET", `/repositories/loads/refs/main/objects/stat?path=${path}`, key)) as { size_bytes: number }).size_bytes;

async function choose(files: Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0]) {
  await page.goto("/repositories/loads/objects?ref=main&upload=true");
  await dialog().getByText("Drag & drop").waitFor();
  await page.locator("input[type=file]").setInputFiles(files);
}

it("leaves objects alone whose names are taken, or replaces them", async () => {
  const files = [file("taken.txt", "a second one"), file("free.txt", "new")];
  await choose(files);
  await dialog().getByLabel("If an object is there already").selectOption("skip");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Upload 2 File" }).click();
  await page.getByText("1 file left out").waitFor();
  expect([await sizeOf("taken.txt"), await sizeOf("free.txt")]).toEqual([9, 3]);
  await choose(files);
  await page.getByRole("button", { name: "Upload 2 File" }).click();
  await dialog().waitFor({ state: "detached" });
  expect(await sizeOf("taken.txt")).toBe(12);
});

describe("a large file", () => {
  const partBytes = 16 << 20;
  const parts = 5;
  const bytes = randomBytes(4 * partBytes + 1000);
  const name = "large é+1.bin";
  let local: string;
  let sent: number[];
  const partOf = (url: string) => Number(new URL(url).searchParams.get("partNumber"));

  beforeAll(async () => {
    await page.addInitScript(() => {
      // eslint-disable-next-line @typescript-eslint/unbound-method
      const { open, send } = XMLHttpRequest.prototype;
      const refused = new WeakSet<XMLHttpRequest>();
      // The first part has arrived before another one is refused.
      let first: Promise<unknown> = Promise.resolve();
      XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, url: string | URL) {
        const isRefused = String(url).includes(`partNumber=${sessionStorage.getItem("refused") ?? ""}&`);
        if (isRefused) refused.add(this);
        if (String(url).includes("partNumber=1&")) first = new Promise((done) => this.addEventListener("load", done));
        open.call(this, method, isRefused ? String(url).replace(/partNumber=\d+/, "partNumber=0") : url, true);
      };
      XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body: XMLHttpRequestBodyInit) {
        if (refused.has(this)) void first.then(() => send.call(this, null));
        else send.call(this, body);
      };
    });
    local = join(server.directory, name);
    writeFileSync(local, bytes);
    page.on("request", (request) => {
      if (request.method() === "PUT" && request.url().includes("partNumber=")) sent.push(partOf(request.url()));
    });
  });

  const start = async () => {
    sent = [];
    await choose(local);
    await page.getByRole("button", { name: "Upload 1 File" }).click();
  };
  /** A part is sent with a number that is none; 0: all are sent as they should. */
  const refuse = (number: number) => page.evaluate((refused) => sessionStorage.setItem("refused", String(refused)), number);
  const refused = () => page.locator(".upload-list .badge.bad").waitFor();
  const stored = async () => {
    const answer = await page.request.get(`/api/v1/repositories/loads/refs/main/objects?path=${encodeURIComponent(name)}`);
    return createHash("sha256").update(await answer.body()).digest("hex");
  };
  const own = createHash("sha256").update(bytes).digest("hex");

  it("goes on where it failed, when one tries again", async () => {
    await refuse(parts);
    await start();
    await refused();
    await expectAccessible(page);
    await refuse(0);
    await page.getByRole("button", { name: "Try 1 file again" }).click();
    await dialog().waitFor({ state: "detached" });
    // Those that were under way when it failed were broken off, and are sent again.
    expect(sent.filter((number) => number === 1)).toEqual([1]);
    expect(sent.at(-1)).toBe(parts);
    expect(await stored()).toBe(own);
  });

  it("goes on after the page was closed", async () => {
    await refuse(2);
    await start();
    await refused();
    const kept = await page.evaluate(() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith("tarn:upload:"));
      return localStorage.getItem(key ?? "") ?? "{}";
    });
    const arrived = Object.keys((JSON.parse(kept) as { tags: object }).tags);
    await refuse(0);
    await start();
    await dialog().waitFor({ state: "detached" });
    expect(arrived).not.toContain("2");
    expect([...sent.map(String), ...arrived].sort()).toEqual(["1", "2", "3", "4", "5"]);
    expect(await stored()).toBe(own);
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("tarn:upload:")))).toEqual([]);
  });

  it("is left out where its name is taken, before anything is sent", async () => {
    sent = [];
    await choose(local);
    await dialog().getByLabel("If an object is there already").selectOption("skip");
    await page.getByRole("button", { name: "Upload 1 File" }).click();
    await page.getByText("1 file left out").waitFor();
    expect(sent).toEqual([]);
  });

  it("leaves nothing behind when it is cancelled", async () => {
    await page.route(
      (url) => partOf(url.href) === 3,
      () => undefined,
    );
    await start();
    await page.getByRole("progressbar", { name }).waitFor();
    const [given] = await Promise.all([
      page.waitForRequest((request) => request.method() === "DELETE" && request.url().includes("uploadId=")),
      page.getByRole("button", { name: "Cancel", exact: true }).click(),
    ]);
    expect((await given.response())?.status()).toBe(204);
    await page.unrouteAll();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("tarn:upload:")))).toEqual([]);
  });
});
