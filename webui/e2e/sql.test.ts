// SQL over objects, by DuckDB in the browser: all that it is made of and all that it reads comes from
// the server itself.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { type Key, Server } from "./server";

let browser: Browser;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];
const requests: string[] = [];

const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`../src/lib/testing/${name}.parquet`, import.meta.url)));
const upload = (path: string, content: string | Uint8Array<ArrayBuffer>) => server.upload(key, "lake", path, content, "application/octet-stream");

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "lake", storage_namespace: "local://lake" });
  for (const name of ["types", "zstd", "lz4"]) await upload(`${name}.parquet`, bytesOf(name));
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  page.context().on("request", (request) => requests.push(request.url()));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
afterEach(() => expect(faults.splice(0)).toEqual([]));

const open = (path: string) => page.goto(`/repositories/lake/object?${new URLSearchParams({ ref: "main", path }).toString()}`);
const editor = () => page.locator("div.syntax-editor textarea");
const execute = () => page.locator("button[type=submit]");
const result = () => page.getByRole("region", { name: "Result of the query" });
const visible = (part: string | RegExp) => page.getByText(part).first().waitFor();

async function run(sql: string) {
  await editor().fill(sql);
  await execute().click();
  await page.getByRole("button", { name: "Execute", exact: true }).waitFor();
}

/** The cells of the result, without the numbers of the rows. */
async function rows(sql: string): Promise<string[][]> {
  await run(sql);
  await result().or(page.getByText("The query failed")).waitFor();
  const found = await page.locator("table.table tbody tr").all();
  return Promise.all(found.map(async (row) => (await row.getByRole("cell").allInnerTexts()).slice(1)));
}

const main = (path: string) => `'lakefs://lake/main/${path}'`;

describe("SQL over objects", () => {
  it("is loaded when a query runs, and not before, and from here alone", async () => {
    requests.length = 0;
    await open("zstd.parquet");
    await page.getByRole("region", { name: "Rows of zstd.parquet" }).waitFor();
    expect(requests.filter((url) => /duckdb|sql-session/.test(url))).toEqual([]);
    expect(await editor().inputValue()).toBe(`SELECT * FROM ${main("zstd.parquet")} LIMIT 20`);
    await expectAccessible(page);
    await execute().click();
    await result().waitFor();
    expect(await page.locator("table.table tbody tr").count()).toBe(20);
    expect(requests.filter((url) => /duckdb.*\.wasm$/.test(url))).toHaveLength(1);
    expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Close the result" }).click();
    await page.getByRole("region", { name: "Rows of zstd.parquet" }).waitFor();
  });

  it("shows values of all types exactly", async () => {
    await open("types.parquet");
    expect((await rows(`FROM ${main("types.parquet")}`))[0]).toEqual([
      "1", "1", "ape", "1.50", "2024-05-01 12:30:00.25+00", "2024-05-01", "true", "0.5", "\\x00\\xFF", "[a, b]", "{'x': 1, 'y': 2}", "null", "null",
    ].slice(1));
    expect(await rows("SELECT 9007199254740993 AS a, 12345678901234567890.12::DECIMAL(38, 2) AS a, sum(range) AS s FROM range(4)")).toEqual([
      ["9007199254740993", "12345678901234567890.12", "6"],
    ]);
  });

  it("reads CSV, packed too, JSON, lines of JSON, and many objects at once", async () => {
    await upload("a b/é+1.csv", "name,size\nlake,3\nsea,40\n");
    await upload("a b/2.csv", "name,size\nocean,500\n");
    await upload("p.tsv.gz", new Uint8Array(gzipSync("k\tv\n1\tx\n")));
    await upload("d.json", '[{"id": 12345678901234567, "tags": ["a"]}, {"id": 2, "note": ""}]');
    await upload("d.jsonl.gz", new Uint8Array(gzipSync('{"id":1,"ok":true}\n{"id":2}\n')));
    await open("d.json");
    expect(await rows(`SELECT sum(size) FROM ${main("a b/*.csv")}`)).toEqual([["543"]]);
    expect(await rows(`SELECT name FROM read_csv_auto(${main("a b/é*.csv")}) ORDER BY size DESC`)).toEqual([["sea"], ["lake"]]);
    expect(await rows(`SELECT k + 1, v FROM ${main("p.tsv.gz")}`)).toEqual([["2", "x"]]);
    expect(await rows(`SELECT * FROM ${main("d.json")}`)).toEqual([["12345678901234567", '["a"]', "null"], ["2", "null", ""]]);
    expect(await rows(`SELECT a.id, ok FROM ${main("d.json")} a JOIN read_json_auto(${main("d.jsonl.gz")}) b USING (id)`)).toEqual([["2", "null"]]);
    expect(await rows(`DESCRIBE SELECT * FROM ${main("d.jsonl.gz")}`)).toHaveLength(2);
  });

  it("runs by the keyboard", async () => {
    await editor().fill("SELECT 'by key'");
    await editor().press("Control+Enter");
    await page.getByRole("cell", { name: "by key" }).waitFor();
  });

  it("says what is wrong, and what is not there", async () => {
    for (const [sql, said] of [
      ["SELEC 1", 'syntax error at or near "SELEC"'],
      ["SELECT 1; SELECT x FROM range(2)", "Statement 2: Binder Error"],
      ["SELECT * FROM 'lakefs://lake/main/none.csv'", "There is no object none.csv on main."],
      ["SELECT * FROM 'lakefs://lake/main/none*.csv'", "No object matches lakefs://lake/main/none*.csv."],
      ["SELECT * FROM 'lakefs://lake'", "lakefs://lake names no object"],
      ["SELECT '{}'::JSON", "without its extension for JSON"],
      // An error that comes with the first bytes of the data is no end of it.
      [`SELECT * FROM ${main("lz4.parquet")}`, "Unsupported compression codec"],
      ["", "There is nothing to run."],
    ] as const) {
      await run(sql);
      await visible(said);
    }
    await expectAccessible(page);
  });

  it("bounds what it shows, and saves all of it", async () => {
    await run("SELECT range AS n, 'a,\"b' AS t FROM range(5000)");
    await visible("the first 1,000 rows");
    expect(await page.locator("table.table tbody tr").count()).toBe(1000);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV of all rows" }).click()]);
    const lines = readFileSync(await download.path(), "utf8").trim().split("\n");
    expect([lines.length, lines[0], lines[5000]]).toEqual([5001, "n,t", '4999,"a,""b"']);
  });

  it("stores what a query writes, and reads it again", async () => {
    await open("zstd.parquet");
    const out = main("made/it.parquet");
    expect(await rows(`CREATE TABLE few AS SELECT * FROM ${main("zstd.parquet")} WHERE n < 7; DELETE FROM few WHERE n = 0; COPY few TO ${out}; SELECT count(*) FROM ${out}`)).toEqual([["6"]]);
    await visible("Stored lakefs://lake/main/made/it.parquet");
    expect(await rows("SELECT min(n) FROM few")).toEqual([["1"]]);
    expect(await rows(`COPY (FROM ${out} WHERE n > 2) TO ${out}`)).toEqual([["4"]]);
    expect(await rows(`SELECT count(*) FROM ${out}`)).toEqual([["4"]]);
    await run(`COPY few TO 'lakefs://lake/none/x.csv'`);
    await visible("The query failed");
  });

  it("can be cancelled, and works afterwards", async () => {
    await editor().fill("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b");
    await execute().click();
    await page.getByRole("button", { name: "Executing..." }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await visible("Cancelled.");
    expect(await rows("SELECT 1 + 1")).toEqual([["2"]]);
  });

  it("does not reach other servers", async () => {
    const ends: (string | undefined)[] = [];
    page.context().on("requestfailed", (request) => ends.push(request.failure()?.errorText));
    requests.length = 0;
    for (const sql of ["SELECT * FROM 'https://elsewhere.example/x.csv'", "INSTALL json; LOAD json"]) {
      await run(sql);
      await visible("The query failed");
    }
    // The browser tells of requests that its policy kept from being sent.
    faults.splice(0);
    expect(ends).toEqual(requests.filter((url) => !url.startsWith(server.url)).map(() => "csp"));
  });
});
