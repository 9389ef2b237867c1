// Uploads straight to the store: another server of ours is the store, behind a proxy that answers as
// a bucket with rules for CORS does.
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server as Proxy, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { launch, logIn, openPage } from "./browser";
import { freePort, type Key, Server } from "./server";

let browser: Browser;
let store: Server;
let proxy: Proxy;
let server: Server;
let key: Key;
let page: Page;
let faults: string[];
let origin: string;
let isOpen = true;

const corsHeaders = () => ({
  "Access-Control-Allow-Origin": server.url,
  "Access-Control-Allow-Methods": "PUT",
  "Access-Control-Allow-Headers": "content-type",
  "Access-Control-Expose-Headers": "ETag",
});

/** The signature is of the name that the proxy was called by, so that all headers pass as they are. */
function forward(from: IncomingMessage, to: ServerResponse) {
  const cors = from.headers.origin && isOpen ? corsHeaders() : {};
  if (from.method === "OPTIONS") {
    to.writeHead(204, cors).end();
    return;
  }
  const onward = request(store.url + (from.url ?? "/"), { method: from.method, headers: from.headers }, (answer) => {
    to.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...cors });
    answer.pipe(to);
  });
  onward.on("error", () => to.destroy());
  from.pipe(onward);
}

beforeAll(async () => {
  store = await Server.start();
  const storeKey = await store.setUp();
  await store.call("POST", "/repositories", storeKey, { name: "bucket", storage_namespace: "local://bucket" });
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  proxy = createServer(forward).listen(port, "127.0.0.1");
  server = await Server.start(
    "",
    `  type: s3
  s3:
    endpoint: ${origin}
    region: us-east-1
    force_path_style: true
    discover_bucket_region: false
    disable_pre_signed_ui: false
    credentials: {access_key_id: ${storeKey.id}, secret_access_key: ${storeKey.secret}}`,
  );
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "loads", storage_namespace: "s3://bucket/main/loads" });
  browser = await launch();
  ({ page, faults } = await openPage(browser, server.url));
  await logIn(page, key);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  proxy.close();
  await store.stop();
});
afterEach(() => {
  expect(faults.splice(0).filter((fault) => !fault.startsWith(`request to ${origin}`) && !fault.includes("CORS policy"))).toEqual([]);
});

const sent: string[] = [];

async function upload(name: string, bytes: Buffer) {
  const local = join(server.directory, name);
  writeFileSync(local, bytes);
  sent.length = 0;
  page.removeAllListeners("requestfinished");
  page.on("requestfinished", (request) => {
    if (request.method() !== "GET") sent.push(`${request.method()} ${new URL(request.url()).origin === origin ? "store" : "server"}`);
  });
  await page.goto("/repositories/loads/objects?ref=main&upload=true");
  await page.locator("input[type=file]").setInputFiles(local);
  await page.getByRole("button", { name: "Upload 1 File" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const answer = await page.request.get(`/api/v1/repositories/loads/refs/main/objects?path=${name}`);
  expect(Buffer.compare(await answer.body(), bytes)).toBe(0);
}

it("go to the store, whose origin alone the page may reach", async () => {
  const policy = (await page.goto("/"))?.headers()["content-security-policy"];
  expect(policy).toContain(`connect-src 'self' ${origin}; `);
  await upload("small.txt", Buffer.from("straight to the store"));
  expect(sent).toContain("PUT store");
  expect(sent).not.toContain("POST server");
});

it("go there in parts", async () => {
  await upload("large.bin", randomBytes((64 << 20) + 1000));
  expect(sent.filter((request) => request === "PUT store")).toHaveLength(5);
});

it("go through the server where the store does not let the browser in", async () => {
  isOpen = false;
  await upload("other.txt", Buffer.from("through the server"));
  expect(sent).toContain("POST server");
});
