// Runs SQL over objects: finds those that a text names, lets DuckDB read them, and stores what it
// writes.
import type { ObjectStats } from "../api/types";
import { jsonTable } from "./json-table";
import { lakefsUri } from "./paths";
import { type Queried, queriedAs } from "./preview";
import type { Rows } from "./sql-engine";
import {
  isPattern, type ObjectName, patternExpression, patternPrefix, type Place, placeOf, replaced, sqlName, sqlText, type Statement,
  statementsOf,
} from "./sql-text";

/** What a run needs of DuckDB; see SqlEngine. */
export interface Engine {
  addUrl: (name: string, url: string) => Promise<void>;
  addBytes: (name: string, bytes: Uint8Array) => Promise<void>;
  addEmpty: (name: string) => Promise<void>;
  read: (name: string) => Promise<Uint8Array>;
  dropFiles: () => Promise<void>;
  run: (statement: string, verb: string) => Promise<Rows>;
}

/** What a run needs of the server. */
export interface Objects {
  stat: (place: Place) => Promise<ObjectStats>;
  walk: (place: Place) => AsyncIterable<ObjectStats[]>;
  url: (place: Place) => string;
  /** All bytes, unpacked if the name says that gzip packed them; fails above `heldBytesMost`. */
  read: (place: Place) => Promise<Uint8Array>;
  write: (place: Place, bytes: Uint8Array) => Promise<void>;
}

export interface Written {
  uri: string;
  bytes: number;
}

export interface SqlResult extends Rows {
  /** The query whose rows these are, with names that only `exported` knows; empty if there is none. */
  query: string;
  written: Written[];
}

/** So many objects may be read by one pattern. */
export const matchedMost = 1000;
/** So much is held of an object that cannot be read by ranges: JSON, and what is packed. */
export const heldBytesMost = 256 << 20;

const readers: Partial<Record<Queried, string>> = { parquet: "read_parquet", csv: "read_csv_auto" };

class Run {
  readonly written: Written[] = [];
  private readonly seen = new Map<string, { place: Place; checksum: string }>();
  private files = 0;

  constructor(
    private readonly engine: Engine,
    private readonly objects: Objects,
  ) {}

  async statement({ text, verb, names }: Statement): Promise<Rows & { query: string }> {
    const changes: { start: number; end: number; by: string }[] = [];
    const targets: { place: Place; file: string }[] = [];
    for (const name of names) {
      const place = placeOf(name.uri);
      if (!place) throw new Error(`${name.uri} names no object: it needs a repository, a ref and a path.`);
      if (name.use === "read") changes.push(...(await this.source(name, place)));
      else {
        const file = `written-${this.files++}.${place.path.split("/").pop() ?? ""}`;
        await this.engine.addEmpty(file);
        targets.push({ place, file });
        changes.push({ start: name.start, end: name.end, by: sqlText(file) });
      }
    }
    const query = replaced(text, changes);
    const rows = await this.engine.run(query, verb);
    await this.check();
    for (const { place, file } of targets) {
      const bytes = await this.engine.read(file);
      await this.objects.write(place, bytes);
      this.written.push({ uri: lakefsUri(place.repository, place.ref, place.path), bytes: bytes.length });
    }
    // The next statement may read what was written.
    if (targets.length > 0) await this.forget();
    return { ...rows, query };
  }

  /** What was read of objects: a branch may have others there by now. */
  async forget(): Promise<void> {
    await this.engine.dropFiles();
    this.seen.clear();
  }

  /** Fails if an object that was read is another one by now: parts of both may have been read. */
  private async check(): Promise<void> {
    for (const { place, checksum } of this.seen.values()) {
      const now = await this.objects.stat(place);
      if (now.checksum !== checksum) throw new Error(`${place.path} changed while it was read. Run it again.`);
    }
  }

  private async source(name: ObjectName, place: Place) {
    if (isPattern(place.path)) return this.pattern(name, place);
    const stats = await this.objects.stat(place);
    if (queriedAs(place.path) !== "json") {
      await this.add(name.uri, place, stats);
      return [];
    }
    await this.json(name.uri, place);
    // DuckDB finds a table of that name before it looks for a file.
    return name.jsonCall ? [{ ...name.jsonCall, by: sqlName(name.uri) }] : [];
  }

  private async pattern({ uri, start, end, isTable }: ObjectName, place: Place) {
    const expression = patternExpression(place.path);
    const found: string[] = [];
    for await (const page of this.objects.walk({ ...place, path: patternPrefix(place.path) })) {
      for (const stats of page) {
        if (!expression.test(stats.path)) continue;
        if (found.length === matchedMost) throw new Error(`More than ${matchedMost} objects match ${uri}.`);
        const match = { ...place, path: stats.path };
        const matchUri = lakefsUri(place.repository, place.ref, stats.path);
        await this.add(matchUri, match, stats);
        found.push(matchUri);
      }
    }
    if (found.length === 0) throw new Error(`No object matches ${uri}.`);
    const list = `[${found.map(sqlText).join(", ")}]`;
    if (!isTable) return [{ start, end, by: list }];
    const kind = queriedAs(place.path);
    const reader = kind && readers[kind];
    if (!reader) throw new Error(`Name the function that reads ${uri}, such as read_parquet('…').`);
    return [{ start, end, by: `${reader}(${list})` }];
  }

  private async add(uri: string, place: Place, { checksum, size_bytes = 0 }: ObjectStats) {
    if (this.seen.has(uri)) return;
    this.seen.set(uri, { place, checksum });
    // This DuckDB takes no packed text apart.
    if (place.path.endsWith(".gz")) await this.engine.addBytes(uri, await this.objects.read(place));
    else if (size_bytes === 0) await this.engine.addBytes(uri, new Uint8Array());
    else await this.engine.addUrl(uri, this.objects.url(place));
  }

  private async json(uri: string, place: Place) {
    let table;
    try {
      table = jsonTable(new TextDecoder().decode(await this.objects.read(place)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error(`${place.path} is not JSON: ${error.message}`, { cause: error });
    }
    const file = `json-${this.files++}.csv`;
    await this.engine.addBytes(file, new TextEncoder().encode(table.csv));
    await this.engine.run(`CREATE OR REPLACE TEMP TABLE ${sqlName(uri)} AS ${table.query(file)}`, "create");
  }
}

/** Runs the statements one after another; the result is that of the last one. */
export async function runSql(sql: string, engine: Engine, objects: Objects): Promise<SqlResult> {
  const statements = statementsOf(sql);
  if (statements.length === 0) throw new Error("There is nothing to run.");
  const run = new Run(engine, objects);
  await run.forget();
  let last: (Rows & { query: string }) | null = null;
  for (const [index, statement] of statements.entries()) {
    try {
      last = await run.statement(statement);
    } catch (error) {
      throw statements.length > 1 ? new Error(`Statement ${index + 1}: ${messageOf(error)}`, { cause: error }) : new Error(messageOf(error), { cause: error });
    }
  }
  if (!last) throw new Error("There is nothing to run.");
  return { ...last, query: last.types.length > 0 ? last.query : "", written: run.written };
}

/** All rows of a result as comma separated values. Its objects are those that runSql found. */
export async function exported({ query }: Pick<SqlResult, "query">, engine: Engine): Promise<Uint8Array> {
  const file = "exported.csv";
  await engine.addEmpty(file);
  await engine.run(`COPY (${query}\n) TO ${sqlText(file)} (HEADER)`, "copy");
  return engine.read(file);
}

function messageOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  const message = error instanceof Error ? error.message : String(error);
  return message.includes("exists in the json extension")
    ? "DuckDB runs here without its extension for JSON. An object of JSON can be read where its name stands for a table: FROM 'lakefs://….json'."
    : message;
}
