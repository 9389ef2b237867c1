// Objects of each kind as they are shown, and what users may try in them.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page, Request, Response } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, logIn, openPage } from "./browser";
import { pdfOf } from "./pdf";
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
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
// The browser tells of handlers in HTML that is taken apart where nothing runs, too.
const isInert = (fault: string) => fault.startsWith("console: Executing inline event handler violates");
afterEach(() => {
  expect(faults.splice(0).filter((fault) => !isInert(fault))).toEqual([]);
});

/** Uploads an object and looks at it. */
async function look(path: string, content: string | Uint8Array<ArrayBuffer>, type = "application/octet-stream") {
  await server.upload(key, "lake", path, content, type);
  await page.goto(`/repositories/lake/object?${new URLSearchParams({ ref: "main", path }).toString()}`);
}

const rows = () => page.getByRole("region", { name: /^Rows of/ }).getByRole("row");
const row = async (index: number) => {
  await rows().nth(index).waitFor();
  return rows().nth(index).getByRole("cell").allInnerTexts();
};
const parquet = (name: string) => new Uint8Array(readFileSync(new URL(`../src/lib/testing/${name}.parquet`, import.meta.url)));
const view = (name: string) => page.getByRole("group", { name: "Shown as" }).getByRole("button", { name }).click();
const text = (part: string | RegExp) => page.getByText(part).first().waitFor();

const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("objects are shown", () => {
  it("Parquet: rows, schema, statistics", async () => {
    await look("types.parquet", parquet("types"));
    await text("written by parquet-cpp-arrow");
    expect(await row(1)).toEqual([
      "1", "1", "ape", "1.5", "2024-05-01 12:30:00.250", "2024-05-01", "true", "0.5", "0x00ff", '["a","b"]', '{"x":1,"y":2}', "null", "null",
    ]);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Schema and statistics" }).click();
    const id = page.getByRole("region", { name: "Columns of types.parquet" }).getByRole("row").nth(1);
    expect((await id.getByRole("cell").allInnerTexts()).slice(0, 4)).toEqual(["int64", "0", "-5", "1152921504606846976"]);
    await expectAccessible(page);
  });

  it.each(["zstd", "gzip", "brotli", "lz4"])("Parquet packed by %s", async (codec) => {
    await look(`${codec}.parquet`, parquet(codec));
    expect(await row(100)).toEqual(["100", "99", "word 1"]);
    await text("The first 100 rows");
  });

  it("comma separated values, packed too", async () => {
    await look("a.csv.gz", new Uint8Array(gzipSync('name;depth\n"A;\nB";12\n')));
    expect(await row(1)).toEqual(["1", "A; B", "12"]);
    await expectAccessible(page);
    await view("Text");
    await text("Unpacked from gzip.");
  });

  it("lines of JSON", async () => {
    await look("a.jsonl", '{"id":12345678901234567891}\n{"b":true}\n');
    expect(await row(1)).toEqual(["1", "12345678901234567891", "null"]);
    await server.upload(key, "lake", "bad.jsonl", "{oh}\n", "text/plain");
    await page.goto("/repositories/lake/object?ref=main&path=bad.jsonl");
    await text("Line 1 is not JSON.");
    await text("{oh}");
  });

  it("a notebook with its outputs", async () => {
    const outputs = [
      { output_type: "display_data", data: { "image/png": pixel.toString("base64") } },
      { output_type: "execute_result", data: { "text/html": "<table><tr><td>of pandas</td></tr></table>" } },
    ];
    const cells = [
      { cell_type: "markdown", source: ["# A notebook"] },
      { cell_type: "code", source: "import os", execution_count: 7, outputs },
    ];
    await look("a.ipynb", JSON.stringify({ nbformat: 4, metadata: {}, cells }));
    await page.getByRole("heading", { name: "A notebook" }).waitFor();
    await page.getByRole("cell", { name: "of pandas" }).waitFor();
    await page.locator(".hljs-keyword", { hasText: "import" }).waitFor();
    await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".notebook img")?.naturalWidth ?? 0) > 0);
    await expectAccessible(page);
  });

  it("GeoJSON as a drawing", async () => {
    await look("a.geojson", JSON.stringify({ type: "Feature", properties: { name: "Lake" }, geometry: { type: "Polygon", coordinates: [[[8, 47], [9, 47], [9, 48], [8, 47]]] } }));
    await page.getByRole("img", { name: "Drawing of a.geojson" }).waitFor();
    await text("1 feature; 8° to 9° east, 47° to 48° north");
    await expectAccessible(page);
    await view("Text");
    await page.locator(".hljs-attr", { hasText: "geometry" }).waitFor();
  });

  it("images, by their bytes", async () => {
    await look("a.png", new Uint8Array(pixel), "image/png");
    await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".preview-image img")?.naturalWidth ?? 0) > 0);
    expect(await page.locator(".preview-image img").getAttribute("src")).toMatch(/^blob:/);
    await expectAccessible(page);
  });

  it("text with line numbers and colours, of a long one its beginning", async () => {
    await look("a.py", "# first\nx = 1\n");
    await page.locator(".hljs-comment", { hasText: "# first" }).waitFor();
    expect(await page.locator(".code-numbers").innerText()).toBe("1\n2");
    await expectAccessible(page);
    await look("long.log", "a line of a log\n".repeat(40_000), "text/plain");
    await text("Only the first 256 KiB are shown.");
    await page.getByRole("button", { name: "Show more" }).click();
    await page.waitForFunction(() => document.querySelector(".code-numbers")?.textContent.endsWith("\n40000"));
  });

  it("bytes, at any offset", async () => {
    await look("a.bin", new Uint8Array(100_000).fill(7));
    await text("00000000 07 07");
    await page.getByLabel("Go to offset").fill("0x18000");
    await page.getByLabel("Go to offset").press("Enter");
    await text("00018000 07 07");
    await text("Bytes 98,304 to 99,999 of 100,000");
    await expectAccessible(page);
    await view("Text");
    await text("This is no text.");
  });

  it("PDF, page by page, drawn by a script", async () => {
    await look("a.pdf", pdfOf(["Depths of lakes", "The second page"]), "application/pdf");
    await page.getByRole("img", { name: "Page 1 of a.pdf" }).waitFor();
    expect(await page.locator(".card p.hidden").innerText()).toBe("Depths of lakes");
    const inked = () =>
      page.locator(".pdf-page canvas").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        return data.some((value, index) => index % 4 < 3 && value < 100);
      });
    expect(await inked()).toBe(true);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("img", { name: "Page 2 of a.pdf" }).waitFor();
    expect(await page.locator(".card p.hidden").innerText()).toBe("The second page");
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  });

  it("a large PDF by the parts that a page needs", async () => {
    const padding = `<</Length 6000000>>stream\n${"x".repeat(6_000_000)}\nendstream`;
    const file = pdfOf(["In a large file"]);
    const xref = file.indexOf("xref\n");
    const large = `${file.slice(0, xref)}99 0 obj${padding}endobj\n${file.slice(xref).replace(/startxref\n\d+/, `startxref\n${xref + padding.length + "99 0 objendobj\n".length}`)}`;
    let bytes = 0;
    const note = (response: Response) => {
      if (response.url().includes("large.pdf") && response.status() === 206) bytes += Number(response.headers()["content-length"]);
    };
    page.on("response", note);
    await look("large.pdf", large, "application/pdf");
    await page.getByRole("img", { name: "Page 1 of large.pdf" }).waitFor();
    page.off("response", note);
    expect(await page.locator(".card p.hidden").innerText()).toBe("In a large file");
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(1_500_000);
  });

  it("what is empty, broken or only called so", async () => {
    await look("empty.csv", "");
    await text("This object is empty.");
    await look("no.parquet", "no table");
    await text("It cannot be read as Parquet");
    await look("no.ipynb", "{}");
    await text("It cannot be read as a notebook");
    await look("no.geojson", '{"a":1}');
    await text("It cannot be drawn");
    await look("no.pdf", "%PDF-1.4");
    await text("It cannot be drawn");
  });
});

// Each would set a mark on the window, or make a request, if it ran.
const run = "window.ran=1;fetch('/api/v1/user?ran')";
const vector = `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`;
const tricks: [what: string, path: string, content: string, type: string][] = [
  ["a script in Markdown", "t.md", `<script>${run}</script>\n\n<img src=x onerror="${run}">`, "text/markdown"],
  ["a link in Markdown", "t.md", `[press](javascript:${encodeURIComponent(run)})`, "text/markdown"],
  ["a data link in Markdown", "t.md", `<a href="data:text/html,<script>${run}</script>">press</a>`, "text/markdown"],
  ["a frame in Markdown", "t.md", `<iframe srcdoc="<script>parent.ran=1</script>"></iframe>`, "text/markdown"],
  ["a page", "t.html", `<html><script>${run}</script><body onload="${run}">`, "text/html"],
  ["a page by its type", "t", `<html><script>${run}</script>`, "text/html"],
  ["a vector image", "t.svg", vector, "image/svg+xml"],
  ["a vector image that is called a photo", "t.png", vector, "image/png"],
  ["a page that is called a photo", "t.jpg", `<html><script>${run}</script>`, "image/jpeg"],
  ["a vector image in Markdown", "t.md", `${vector}\n\n![x](t.svg)`, "text/markdown"],
  ["a document with a script", "t.pdf", `%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(${run})>>>>endobj`, "application/pdf"],
  ["a document that opens with a script", "t.pdf", pdfOf(["a page"], `/OpenAction<</S/JavaScript/JS(${run.replace(/[()]/g, "\\\\$&")})>>`), "application/pdf"],
  ["names of a drawing", "t.geojson", JSON.stringify({ type: "Feature", properties: { [`"><script>${run}</script>`]: `<img src=x onerror="${run}">` }, geometry: { type: "Point", coordinates: [1, 2] } }), "application/geo+json"],
  ["cells of a table", "t.csv", `<img src=x onerror="${run}">\n<script>${run}</script>\n`, "text/csv"],
  ["source text", "t.py", `"</code><script>${run}</script>"\n`, "text/x-python"],
  ["an output of a notebook", "t.ipynb", notebookOf({ "text/html": `<script>${run}</script><img src=x onerror="${run}"><a href="javascript:${run}">press</a>` }), ""],
  ["a script as an output", "t.ipynb", notebookOf({ "application/javascript": run, "text/html": `<div onmouseover="${run}">x</div>` }), ""],
  ["a vector image as an output", "t.ipynb", notebookOf({ "image/svg+xml": vector }), ""],
  ["a vector image as an output that is called a photo", "t.ipynb", notebookOf({ "image/png": Buffer.from(vector).toString("base64") }), ""],
  ["Markdown as an output", "t.ipynb", notebookOf({ "text/markdown": `<script>${run}</script>[press](javascript:${encodeURIComponent(run)})` }), ""],
];

function notebookOf(data: Record<string, string>): string {
  const cells = [{ cell_type: "code", source: "", execution_count: 1, outputs: [{ output_type: "display_data", data }] }];
  return JSON.stringify({ nbformat: 4, metadata: {}, cells });
}

describe("nothing of an object runs", () => {
  it.each(tricks)("%s", async (_, path, content, type) => {
    const requests: string[] = [];
    const note = (request: Request) => requests.push(request.url());
    page.on("request", note);
    await look(path, content, type || "application/octet-stream");
    await page.getByRole("group", { name: "Shown as" }).waitFor();
    await page.waitForLoadState("networkidle");
    for (const link of await page.getByText("press", { exact: true }).all()) await link.click();
    await page.waitForTimeout(100);
    expect(await page.evaluate(() => (window as { ran?: number }).ran)).toBeUndefined();
    expect(requests.filter((url) => url.includes("?ran"))).toEqual([]);
    expect(await page.locator(".card script, .card iframe, .card object, .card embed, .card svg:not(.lucide):not([role=img])").count()).toBe(0);
    page.off("request", note);
  });

  it("and the server sandboxes what is opened by its address", async () => {
    await server.upload(key, "lake", "t.html", `<html><script>${run}</script>`, "text/html");
    const answer = await page.request.get("/api/v1/repositories/lake/refs/main/objects?path=t.html");
    expect(answer.headers()["content-security-policy"]).toMatch(/sandbox/);
  });
});
