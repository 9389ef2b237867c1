// The code that the interface offers is run as it is: with curl, rclone and Python, where they are.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { samplesOf } from "../src/lib/code-samples";
import { type Key, Server } from "./server";

const python = process.env.TARN_PYTHON ?? resolve("../.venv/bin/python");
const odd = `odd/it's +&% "ü".csv`;
const content = "name,depth\nlake,3\n";

let server: Server;
let key: Key;
let folder: string;

beforeAll(async () => {
  server = await Server.start();
  key = await server.setUp();
  await server.call("POST", "/repositories", key, { name: "lake", storage_namespace: "local://lake" });
  await server.upload(key, "lake", "a.csv", content, "text/csv");
  await server.upload(key, "lake", odd, content, "text/csv");
  await server.call("POST", "/repositories/lake/branches/main/commits", key, { message: "Lakes" });
  folder = mkdtempSync(join(tmpdir(), "tarn-code-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(tool: string, path: string): string {
  const sample = samplesOf({ endpoint: server.url, repository: "lake", ref: "main", path }).find((each) => each.tool === tool);
  const [program, option] = sample?.language === "python" ? [python, "-c"] : ["bash", "-ec"];
  return execFileSync(program, [option, sample?.text ?? ""], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      LAKECTL_SERVER_ENDPOINT_URL: server.url,
      LAKECTL_CREDENTIALS_ACCESS_KEY_ID: key.id,
      LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: key.secret,
    },
  });
}

const has = (program: string) => (process.env.PATH ?? "").split(":").some((path) => existsSync(join(path, program)));
const local = (path: string) => readFileSync(join(folder, path), "utf8");

describe.skipIf(!has("curl"))("curl", () => {
  it("reads an object, a folder and a ref", () => {
    for (const path of ["a.csv", odd]) {
      run("curl", path);
      expect(local(path.replace("odd/", ""))).toBe(content);
    }
    expect(run("curl", "odd/")).toContain('"path":"odd/it');
    expect(run("curl", "")).toContain('"message":"Lakes"');
  });
});

describe.skipIf(!has("rclone"))("rclone", () => {
  it("copies an object, a folder and a ref", () => {
    for (const path of ["a.csv", odd]) {
      rmSync(join(folder, path.replace("odd/", "")), { force: true });
      run("rclone", path);
      expect(local(path.replace("odd/", ""))).toBe(content);
    }
    run("rclone", "odd/");
    expect(local(odd)).toBe(content);
    run("rclone", "");
    expect(local(`main/${odd}`)).toBe(content);
  });
});

describe.skipIf(!existsSync(python))("Python", () => {
  it.each(["Python", "boto3"])("with %s", (tool) => {
    for (const path of ["a.csv", odd]) expect(run(tool, path)).toContain(`${content.length} bytes`);
    expect(run(tool, "odd/")).toContain(odd);
    expect(run(tool, "")).toContain("a.csv");
  });

  it("with lakefs-spec", () => {
    for (const path of ["a.csv", odd]) expect(run("lakefs-spec", path)).toMatch(/lake +3/);
    expect(run("lakefs-spec", "odd/")).toContain("lake/main/odd/it's");
  });
});
