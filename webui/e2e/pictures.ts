// Pictures of each page, in both themes, wide and narrow: for looking at, and for the README.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { it } from "vitest";
import { launch, logIn, openPage, themes, useTheme } from "./browser";
import { type Key, Server } from "./server";

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
const minutesMs = 300_000;

/** A repository with something on every page. */
async function fill(server: Server, key: Key) {
  const call = (method: string, path: string, json?: unknown) => server.call(method, `/repositories${path}`, key, json);
  await call("POST", "", { name: "lakes", storage_namespace: "local://lakes", default_branch: "main" });
  for (const name of ["climate-model", "sensors-2026"]) {
    await call("POST", "", { name, storage_namespace: `local://${name}`, read_only: name.startsWith("climate") });
  }
  await server.upload(key, "lakes", "stations/alps.csv", "station,depth,temperature\nNorth,12.5,8.1\nSouth,31,7.4\nEast,4.2,9.9\n", "text/csv");
  await server.upload(key, "lakes", "stations/notes.txt", "Measured by boat.\nThe eastern shore was frozen.\n", "text/plain");
  const readings = new Uint8Array(readFileSync(new URL("../src/lib/testing/types.parquet", import.meta.url)));
  await server.upload(key, "lakes", "stations/readings.parquet", readings, "application/octet-stream");
  await call("POST", "/lakes/branches/main/commits", { message: "Measurements of the alpine lakes", metadata: { source: "field trip 7" } });
  await call("POST", "/lakes/tags", { id: "v1.0", ref: "main" });
  await call("POST", "/lakes/branches", { name: "correct-depths", source: "main" });
  await call("POST", "/lakes/branches", { name: "release-1", source: "main" });
  await server.upload(key, "lakes", "stations/alps.csv", "station,depth,temperature\nNorth,12.9,8.1\nSouth,31,7.4\n", "text/csv", "correct-depths");
  await server.upload(key, "lakes", "stations/jura.csv", "station,depth\nWest,8\n", "text/csv", "correct-depths");
  await call("POST", "/lakes/branches/correct-depths/commits", { message: "Depths measured again" });
  await call("POST", "/lakes/pulls", {
    title: "Correct the depths", source_branch: "correct-depths", destination_branch: "main",
    description: "The first probe was **0.4 m** off.\n\n- North: measured again\n- East: removed, the buoy is lost",
  });
  await call("PUT", "/lakes/settings/branch_protection", [{ pattern: "release-*" }]);
  await call("PUT", "/lakes/settings/gc_rules", { default_retention_days: 21, branches: [{ branch_id: "main", retention_days: 365 }] });
  await call("POST", "/lakes/metadata", { metadata: { owner: "Limnology", contact: "lakes@example.com" } });
  await server.upload(key, "lakes", "stations/new.csv", "station\nLate\n", "text/csv");
  await server.upload(key, "lakes", "README.md", "# Lakes\n\nDepths and temperatures of *alpine lakes*, by station.\n", "text/markdown");
}

/** Users, groups and policies beside those that every server has. */
async function fillAccess(server: Server, key: Key) {
  const call = (method: string, path: string, json?: unknown) => server.call(method, `/auth${path}`, key, json);
  for (const id of ["alice@example.com", "bob@example.com"]) await call("POST", "/users", { id });
  await call("POST", "/groups", { id: "Limnologists", description: "Who measures" });
  await call("POST", "/policies", { id: "ReadLakes", statement: [{ effect: "allow", action: ["fs:Read*", "fs:List*"], resource: "arn:lakefs:fs:::repository/lakes*" }] });
  await call("PUT", "/groups/Limnologists/members/alice@example.com");
  await call("PUT", "/groups/Limnologists/policies/ReadLakes");
}

// What the README shows, small.
const sheet = [
  ["objects-wide-light", "changes-wide-dark", "refs-narrow-light"],
  ["commit-wide-dark", "pull-wide-light", "repositories-narrow-dark"],
  ["compare-wide-light", "query-wide-dark", "branches-narrow-light"],
];
const sheetHeight = 300;

/** One picture of some, as sheet.jpg. */
async function makeSheet(browser: Browser, folder: string) {
  const page = await browser.newPage({ viewport: { width: 1180, height: 100 } });
  const image = (name: string) =>
    `<img height="${sheetHeight}" src="data:image/png;base64,${readFileSync(join(folder, `${name}.png`)).toString("base64")}">`;
  const rows = sheet.map((row) => `<div>${row.map(image).join("")}</div>`).join("");
  await page.setContent(`<style>body { margin: 0; padding: 6px; background: #8aa0a4; width: fit-content }
    div { display: flex } img { margin: 6px; border-radius: 6px }</style>${rows}`);
  writeFileSync(join(folder, "sheet.jpg"), await page.locator("body").screenshot({ type: "jpeg", quality: 82 }));
}

it("takes pictures", async () => {
  const folder = resolve(process.env.TARN_PICTURES ?? "pictures");
  mkdirSync(folder, { recursive: true });
  const server = await Server.start("", undefined, "internal");
  const browser = await launch();
  const { page } = await openPage(browser, server.url, sizes.wide);
  const shoot = async (name: string, address: string | null, ready: string, act?: () => Promise<void>) => {
    if (address) await page.goto(address);
    await page.locator(ready).first().waitFor();
    await act?.();
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      for (const theme of themes) {
        await useTheme(page, theme);
        await page.waitForTimeout(250);
        writeFileSync(join(folder, `${name}-${size}-${theme}.png`), await page.screenshot());
      }
    }
    await page.setViewportSize(sizes.wide);
  };
  try {
    await shoot("setup", "/setup", "form");
    const key = await server.setUp();
    await shoot("login", "/auth/login", "form");
    await shoot("invitation", "/auth/users/create?token=t&email=alice@example.com", "form");
    await logIn(page, key);
    await shoot("welcome", "/repositories", ".empty");
    await fill(server, key);
    const lakes = "/repositories/lakes";
    await shoot("repositories", "/repositories", ".repository");
    await shoot("create", null, "h1", async () => {
      await page.getByRole("button", { name: "Create Repository" }).click();
      await page.getByLabel("Repository ID").fill("glaciers");
    });
    await shoot("objects", `${lakes}/objects`, ".markdown h1");
    await shoot("refs", null, "table", async () => {
      await page.getByRole("button", { name: "branch: main" }).click();
      await page.getByRole("option").first().waitFor();
    });
    await shoot("details", `${lakes}/objects?path=stations/`, "table", async () => {
      await page.getByRole("row", { name: /alps.csv/ }).getByRole("button", { name: "Actions" }).click();
      await page.getByRole("menuitem", { name: "Object Info" }).click();
      await page.getByText("Measurements of the alpine").waitFor();
    });
    await shoot("table", `${lakes}/object?ref=main&path=stations/alps.csv`, ".data-table");
    await shoot("parquet", `${lakes}/object?ref=main&path=stations/readings.parquet`, ".data-table");
    await shoot("statistics", null, ".data-table", () => page.getByRole("button", { name: "Schema and statistics" }).click());
    await shoot("query", null, ".query", async () => {
      await page.locator("button[type=submit]").click();
      await page.getByRole("region", { name: "Result of the query" }).waitFor();
    });
    await shoot("code", null, ".data-table", () => page.getByRole("button", { name: "Code", exact: true }).click());
    await shoot("palette", `${lakes}/objects`, ".object-list table", async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
    });
    await shoot("changes", `${lakes}/objects?ref=main&showChanges=true`, ".change-tree");
    await shoot("upload", `${lakes}/objects?upload=true`, ".drop-area", async () => {
      await page.locator("input[type=file]").setInputFiles([
        { name: "west.csv", mimeType: "text/csv", buffer: Buffer.alloc(1_400_000) },
        { name: "readings.parquet", mimeType: "application/octet-stream", buffer: Buffer.alloc(24_000) },
      ]);
    });
    await shoot("import", `${lakes}/objects?importDialog=true`, ".import-source");
    await shoot("commits", `${lakes}/commits?ref=main`, ".list-group-item");
    await shoot("commit", null, "h6 a", async () => {
      await page.getByRole("link", { name: "Measurements of the alpine lakes" }).first().click();
      await page.locator(".change-tree").waitFor();
      await page.getByRole("button", { name: "stations/" }).click();
    });
    await shoot("branches", `${lakes}/branches`, ".ref-table");
    await shoot("tags", `${lakes}/tags`, ".ref-table");
    await shoot("compare", `${lakes}/compare?ref=main&compare=correct-depths`, ".change-tree");
    await shoot("merge", null, ".change-tree", () => page.getByRole("button", { name: "Merge", exact: true }).click());
    await shoot("pulls", `${lakes}/pulls`, ".list-group-item");
    await shoot("pull", null, "h6 a", async () => {
      await page.getByRole("link", { name: "Correct the depths" }).click();
      await page.locator(".change-tree").waitFor();
    });
    await shoot("settings", `${lakes}/settings/general`, ".facts");
    await shoot("protection", `${lakes}/settings/branches`, ".rules");
    await shoot("retention", `${lakes}/settings/retention`, ".rules");
    await shoot("retention-edit", null, ".rules", async () => {
      await page.getByRole("button", { name: "Edit", exact: true }).click();
      await page.getByRole("button", { name: "JSON" }).click();
    });
    await shoot("metadata", `${lakes}/settings/metadata`, ".metadata-table");
    await shoot("actions", `${lakes}/actions`, ".action-example");
    await shoot("server", "/server", ".badge.good");
    await shoot("credentials", "/auth/credentials", ".empty");
    await fillAccess(server, key);
    await shoot("users", "/auth/users", ".access-list");
    await shoot("user", "/auth/users/alice@example.com/policies/effective", ".policies");
    await shoot("group", "/auth/groups/Limnologists/members", ".rules");
    await shoot("policy", "/auth/policies/ReadLakes", ".policies", async () => {
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("textbox", { name: "Policy as JSON" }).fill('{"statement": [{"effect": "allow", "action": ["fs:ReadObjects"], "resource": "lakes"}]}');
    });
    await page.unrouteAll();
    await shoot("missing", "/repositories/nowhere/objects", ".empty");
    await makeSheet(browser, folder);
  } finally {
    await browser.close();
    await server.stop();
  }
}, minutesMs);
