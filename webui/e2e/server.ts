// A server of its own for each file of flows: fresh, on a free port, stopped at the end.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const startMs = 30_000;

export interface Key {
  id: string;
  secret: string;
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const localStore = (directory: string) => `  type: local
  local:
    path: "${directory}/objects"
    import_enabled: true
    allowed_external_prefixes: ["${directory}/lake"]`;

export class Server {
  private constructor(
    readonly url: string,
    readonly directory: string,
    private readonly child: ChildProcess,
  ) {}

  /** `store`: settings of the object store; else it is a folder. `mode`: of users (auth.ui_config.rbac). */
  static async start(settings = "", store?: string, mode = "none"): Promise<Server> {
    const program = resolve(process.env.TARN_PROGRAM ?? "../build/tarn");
    const directory = mkdtempSync(join(tmpdir(), "tarn-ui-"));
    const port = await freePort();
    const config = join(directory, "config.yaml");
    writeFileSync(
      config,
      `listen_address: 127.0.0.1:${port}
database: {type: local, local: {path: "${directory}/kv"}}
auth: {encrypt: {secret_key: a secret of the tests}, ui_config: {rbac: ${mode}}}
blockstore:
  signing: {secret_key: another secret of the tests}
${store ?? localStore(directory)}
${settings}`,
    );
    const child = spawn(program, ["--config", config, "run"], { stdio: ["ignore", "ignore", "inherit"] });
    const server = new Server(`http://127.0.0.1:${port}`, directory, child);
    const deadline = Date.now() + startMs;
    while (Date.now() < deadline && child.exitCode === null) {
      try {
        if ((await fetch(`${server.url}/_health`)).ok) return server;
      } catch {
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    await server.stop();
    throw new Error(`${program} did not start`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = new Promise((done) => this.child.once("exit", done));
      this.child.kill();
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  async setUp(): Promise<Key> {
    const key = (await this.call("POST", "/setup_lakefs", null, { username: "admin" })) as {
      access_key_id: string;
      secret_access_key: string;
    };
    return { id: key.access_key_id, secret: key.secret_access_key };
  }

  /** A call of the API that must succeed; the JSON of its answer, if it has one. */
  async call(method: string, path: string, key: Key | null, json?: unknown): Promise<unknown> {
    return this.send(method, path, key, json === undefined ? undefined : JSON.stringify(json), "application/json");
  }

  async upload(
    key: Key,
    repository: string,
    path: string,
    content: string | Uint8Array<ArrayBuffer>,
    type: string,
    branch = "main",
  ): Promise<void> {
    const query = new URLSearchParams({ path }).toString();
    await this.send("POST", `/repositories/${repository}/branches/${branch}/objects?${query}`, key, content, type);
  }

  private async send(method: string, path: string, key: Key | null, body: string | Uint8Array<ArrayBuffer> | undefined, type: string): Promise<unknown> {
    const headers: Record<string, string> = { "Content-Type": type };
    if (key) headers.Authorization = `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}`;
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text.startsWith("{") ? JSON.parse(text) : text;
  }
}
