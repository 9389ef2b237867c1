// Debian's Chromium, quiet, and pages that notice what must not happen.
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import type { Key } from "./server";

const waitMs = 15_000;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.TARN_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface Watched {
  page: Page;
  /** Errors of scripts, refusals of the Content-Security-Policy, requests to other origins. */
  faults: string[];
}

export async function openPage(browser: Browser, url: string, size = { width: 1280, height: 800 }): Promise<Watched> {
  const context = await browser.newContext({ viewport: size, acceptDownloads: true, baseURL: url, reducedMotion: "reduce" });
  context.setDefaultTimeout(waitMs);
  const page = await context.newPage();
  return { page, faults: watch(page, url) };
}

export function watch(page: Page, url: string): string[] {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // An answer that is no success is told by the page itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      faults.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(url)) faults.push(`request to ${request.url()}`);
  });
  return faults;
}

export async function logIn(page: Page, key: Key): Promise<void> {
  await page.goto("/auth/login");
  await page.getByPlaceholder("Access Key ID").fill(key.id);
  await page.getByPlaceholder("Secret Access Key").fill(key.secret);
  await page.getByRole("button", { name: "Login" }).click();
  await page.waitForURL("**/repositories");
}

export const themes = ["light", "dark"] as const;

export async function useTheme(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await page.evaluate((chosen) => {
    localStorage.setItem("darkMode", String(chosen === "dark"));
    document.documentElement.dataset.theme = chosen;
  }, theme);
}

/** No serious violation of accessibility on the page as it is, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const theme of themes) {
    await useTheme(page, theme);
    await page.evaluate(axe.source);
    const serious = await page.evaluate(async () => {
      const found = await (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] });
      return found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
    });
    expect(serious, `${theme}: ${page.url()}`).toEqual([]);
  }
}
