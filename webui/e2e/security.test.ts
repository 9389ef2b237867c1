// What users upload never runs on the interface's origin, and what operators configure does.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, logIn, openPage } from "./browser";
import { pdfOf } from "./pdf";
import { type Key, Server } from "./server";

const attack = "<script>window.top.ran = 1; fetch('/api/v1/user')</script><img src=x onerror='window.top.ran = 1'>";
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.top.ran=1"><script>window.top.ran=1</script></svg>`;
const markdown = `# Evil\n\n${attack}\n\n[run](javascript:window.ran=1)\n\n![pixel](https://evil.example/p.png)\n\n<iframe src="/api/v1/user"></iframe>`;

const objects = {
  "evil.html": [attack, "text/html"],
  "evil.xhtml": [`<html xmlns="http://www.w3.org/1999/xhtml"><script>window.top.ran=1</script></html>`, "application/xhtml+xml"],
  "evil.svg": [svg, "image/svg+xml"],
  "image.png": [svg, "image/svg+xml"],
  "evil.md": [markdown, "text/markdown"],
  "README.md": [markdown, "text/markdown"],
  "evil.xml": [`<?xml-stylesheet href="data:text/xsl,x"?>${svg}`, "text/xml"],
  "evil.pdf": [pdfOf(["a page"], "/OpenAction<</S/JavaScript/JS(window.top.ran = 1)>>"), "application/pdf"],
  "evil.csv": [`a,b\n"${attack.replaceAll('"', '""')}",=cmd()\n`, "text/csv"],
  "evil.js": ["window.ran = 1", "text/javascript"],
  "evil.ipynb": [`{"cells":[{"outputs":[{"data":{"text/html":["${attack}"]}}]}]}`, "application/x-ipynb+json"],
} as const;

describe("objects of users", () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let key: Key;
  beforeAll(async () => {
    server = await Server.start();
    key = await server.setUp();
    await server.call("POST", "/repositories", key, { name: "evil", storage_namespace: "local://evil" });
    for (const [path, [content, type]] of Object.entries(objects)) await server.upload(key, "evil", path, content, type);
    browser = await launch();
    ({ page, faults } = await openPage(browser, server.url));
    await logIn(page, key);
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  // Chromium tells of handlers already when the sanitiser reads them; that they are told of at all
  // is the second wall.
  const unexpected = () => faults.splice(0).filter((fault) => !fault.includes("Executing inline event handler"));
  const ran = () => page.evaluate(() => "ran" in window);

  it.each(Object.keys(objects))("are only shown: %s", async (path) => {
    await page.goto(`/repositories/evil/object?ref=main&path=${path}`);
    await page.locator(".code, .data-table, .preview-image, .markdown, .notebook, .pdf-page canvas, .card .empty").first().waitFor();
    await page.waitForTimeout(200);
    expect(await ran()).toBe(false);
    expect(await page.locator("iframe, object, embed, main svg script, .markdown script").count()).toBe(0);
    expect(unexpected()).toEqual([]);
  });

  it("are only shown below their folder too", async () => {
    await page.goto("/repositories/evil/objects");
    await page.locator(".markdown h1").waitFor();
    expect(await ran()).toBe(false);
    expect(unexpected()).toEqual([]);
  });

  it.each(["evil.html", "evil.svg", "evil.xhtml", "evil.xml"])("do not run where a link leads straight to one: %s", async (path) => {
    await page.goto(`/api/v1/repositories/evil/refs/main/objects?path=${path}`).catch(() => null);
    await page.waitForTimeout(200);
    expect(await ran()).toBe(false);
    faults.splice(0);
  });

  it("cannot be given a page of ours as the next one after the login", async () => {
    await page.goto("/repositories");
    for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      await page.goto(`/auth/login?next=${encodeURIComponent(next)}`);
      await page.waitForURL(`${server.url}/repositories`);
    }
    expect(faults.splice(0)).toEqual([]);
  });
});

describe("what operators configure", () => {
  it("runs snippets by nonce, and nothing else inline", async () => {
    const server = await Server.start(
      `ui: {snippets: [{id: hello, code: "<script>window.hello = 1</script><style>body { --hello: 1 }</style><b onclick='x'></b>"}]}`,
    );
    const browser = await launch();
    try {
      const { page, faults } = await openPage(browser, server.url);
      const answer = await page.goto("/auth/login");
      expect(await page.evaluate(() => "hello" in window)).toBe(true);
      expect(await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--hello").trim())).toBe("1");
      expect(await answer?.text()).toContain("<!-- snippet: hello -->");
      expect(answer?.headers()["content-security-policy"]).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'nonce-[\w-]{22}'/);
      await page.locator("form").waitFor();
      expect(faults.splice(0)).toEqual([expect.stringContaining("Executing inline event handler")]);
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.injected = 1";
        document.head.append(script);
      });
      expect(await page.evaluate(() => "injected" in window)).toBe(false);
    } finally {
      await browser.close();
      await server.stop();
    }
  });

  it("can do without the interface", async () => {
    const server = await Server.start("ui: {enabled: false}");
    try {
      for (const path of ["/", "/repositories", "/assets/x.js"]) expect((await fetch(server.url + path)).status).toBe(404);
    } finally {
      await server.stop();
    }
  });
});

describe("the program", () => {
  it("serves the interface so that browsers keep what does not change", async () => {
    const server = await Server.start();
    try {
      const start = await fetch(server.url);
      const html = await start.text();
      expect(start.headers.get("Cache-Control")).toBe("no-cache");
      expect(start.headers.get("X-Frame-Options")).toBe("SAMEORIGIN");
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
      const first = await fetch(server.url + script);
      expect(first.headers.get("Content-Encoding")).toMatch(/br|gzip/);
      expect(first.headers.get("Cache-Control")).toContain("immutable");
      const again = await fetch(server.url + script, { headers: { "If-None-Match": first.headers.get("ETag") ?? "" } });
      expect(again.status).toBe(304);
      expect((await fetch(`${server.url}/assets/none.js`)).status).toBe(404);
      expect(await (await fetch(`${server.url}/repositories/a/b/c`)).text()).toBe(html);
    } finally {
      await server.stop();
    }
  });
});
