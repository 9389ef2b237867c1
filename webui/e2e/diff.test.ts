// What changed within objects, of uncommitted changes, between refs and in a commit.
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { crc32 } from "../src/lib/crc32";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];

/** A square image of one grey. */
function png(grey: number): Uint8Array<ArrayBuffer> {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const size = 16;
  const head = Buffer.from([0, 0, 0, size, 0, 0, 0, size, 8, 0, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: size }, () => Buffer.from([0, ...Array<number>(size).fill(grey)])));
  const whole = [Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat(whole));
}

const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
const parquet = (name: string) => new Uint8Array(readFileSync(new URL(`../src/lib/testing/${name}`, import.meta.url)));

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  const call = (path: string, json: unknown) => server.call("POST", `/repositories${path}`, key, json);
  await call("", { name: "diffs", storage_namespace: "local://diffs" });
  await server.upload(key, "diffs", "notes.txt", lines.join("\n"), "text/plain");
  await server.upload(key, "diffs", "depths.csv", "lake,depth\nNorth,3\n", "text/csv");
  await server.upload(key, "diffs", "shore.png", png(40), "image/png");
  await server.upload(key, "diffs", "raw.bin", new Uint8Array([0, 1, 2]), "application/octet-stream");
  await server.upload(key, "diffs", "rows.parquet", parquet("types.parquet"), "application/octet-stream");
  await call("/diffs/branches/main/commits", { message: "Before" });
  await call("/diffs/branches", { name: "dev", source: "main" });
  await server.upload(key, "diffs", "notes.txt", lines.with(14, "line 15 became longer").join("\n"), "text/plain", "dev");
  await server.upload(key, "diffs", "depths.csv", "lake,depth,salt\nNorth,3,1\nSouth,9,\n", "text/csv", "dev");
  await server.upload(key, "diffs", "shore.png", png(200), "image/png", "dev");
  await server.upload(key, "diffs", "raw.bin", new Uint8Array([0, 1, 2, 3]), "application/octet-stream", "dev");
  await server.upload(key, "diffs", "new.txt", "all of it is new", "text/plain", "dev");
  // The base goes on meanwhile: that is no change of the other branch.
  await server.upload(key, "diffs", "notes.txt", ["first", ...lines].join("\n"), "text/plain");
  await call("/diffs/branches/main/commits", { message: "Meanwhile" });
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => expect(faults.splice(0)).toEqual([]));

const open = (name: string) => page.getByRole("row", { name }).getByRole("button", { name: "What changed" }).click();
const close = open;
const button = (name: string) => page.getByRole("button", { name, exact: true });
const lineTexts = (look: string) => page.locator(`.diff-lines .line.${look}`).allTextContents();
const marked = () => page.locator(".diff-lines mark").allTextContents();

it("shows lines beside each other and unified, with the words that changed", async () => {
  await page.goto("/repositories/diffs/objects?ref=dev&showChanges=true");
  await open("notes.txt");
  await page.getByRole("region", { name: "Changed lines" }).waitFor();
  expect(await lineTexts("removed")).toEqual(["−line 15"]);
  expect(await lineTexts("added")).toEqual(["+line 15 became longer"]);
  expect((await marked()).join("")).toBe(" became longer");
  expect((await lineTexts("same")).length).toBe(12);
  await button("Show 11 lines that did not change").click();
  expect((await lineTexts("same")).length).toBe(34);
  await expectAccessible(page);
  await button("Unified").click();
  expect((await lineTexts("same")).length).toBe(17);
  await page.getByText("1 line added, 1 removed.").waitFor();
  await expectAccessible(page);
  await button("Side by side").click();
  await close("notes.txt");
});

it("compares tables by columns and rows, and their text", async () => {
  await open("depths.csv");
  await page.getByRole("region", { name: "Changed lines" }).waitFor();
  await button("Table").click();
  await page.getByText("Rows: 1 2").waitFor();
  await page.getByRole("row", { name: "salt added 1" }).waitFor();
  await expectAccessible(page);
  await close("depths.csv");
});

it("shows images beside each other and overlaid", async () => {
  await open("shore.png");
  await expect.poll(() => page.locator(".image-diff img").count()).toBe(2);
  await button("Overlaid").click();
  await page.getByLabel("How much of the later image is seen").fill("25");
  expect(await page.locator(".image-diff figure").last().evaluate((figure) => getComputedStyle(figure).opacity)).toBe("0.25");
  await expectAccessible(page);
  await close("shore.png");
});

it("tells sizes of what it cannot compare, and shows all of what is new", async () => {
  await open("raw.bin");
  await page.getByText("compared by size and checksum only").waitFor();
  await page.getByText("3 B 4 B").waitFor();
  await close("raw.bin");
  await open("new.txt");
  await expect.poll(() => lineTexts("added")).toEqual(["+all of it is new"]);
});

it("compares branches from where they parted, and what a commit removed", async () => {
  await server.call("DELETE", "/repositories/diffs/branches/dev/objects?path=rows.parquet", key);
  await server.call("POST", "/repositories/diffs/branches/dev/commits", key, { message: "After" });
  await page.goto("/repositories/diffs/compare?ref=main&compare=dev");
  await open("notes.txt");
  await page.getByRole("region", { name: "Changed lines" }).waitFor();
  expect(await lineTexts("removed")).toEqual(["−line 15"]);
  await page.goto("/repositories/diffs/commits?ref=dev");
  await page.getByRole("link", { name: "After" }).click();
  await open("rows.parquet");
  await page.getByRole("region", { name: "Columns before and after" }).waitFor();
  expect(await page.getByRole("region", { name: "Columns before and after" }).getByText("removed").count()).toBeGreaterThan(3);
  await expectAccessible(page);
});
