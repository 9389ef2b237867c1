// DuckDB in a worker of this page, with its files from this server. Loaded with the first query.
import { AsyncDuckDB, type AsyncDuckDBConnection, DuckDBDataProtocol, VoidLogger } from "@duckdb/duckdb-wasm";
// As they come: the package says that it has no side effects, so that a bundler empties the worker.
import workerUrl from "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url";
import moduleUrl from "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url";
import { type Cell, formatCell } from "./cells";

export interface Rows {
  columns: string[];
  types: string[];
  rows: Cell[][];
  /** There are more than `rowsMax`. */
  isCut: boolean;
}

export const rowsMax = 1000;

// What is used of DuckDB's answers, which are tables of Apache Arrow.
interface Answer {
  numRows: number;
  schema: { fields: { name: string }[] };
  getChildAt: (column: number) => { get: (row: number) => unknown } | null;
}

const kept = '"tarn result"';

const querying = new Set(["select", "with", "from", "values", "table", "pivot", "unpivot", "("]);

/** Tables that were made stay until it is stopped. One call at a time. */
export class SqlEngine {
  private constructor(
    private readonly database: AsyncDuckDB,
    private readonly connection: AsyncDuckDBConnection,
    private readonly worker: Worker,
    private readonly ended: Promise<never>,
  ) {}

  /** `signal` ends it, whatever it does then. */
  static async start(signal: AbortSignal): Promise<SqlEngine> {
    const worker = new Worker(workerUrl);
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        worker.terminate();
        reject(new DOMException("cancelled", "AbortError"));
      });
      worker.addEventListener("error", (event) => reject(new Error(`DuckDB does not run: ${event.message || "its worker cannot be loaded"}`)));
    });
    ended.catch(() => undefined);
    const begin = async () => {
      const database = new AsyncDuckDB(new VoidLogger(), worker);
      await database.instantiate(new URL(moduleUrl, location.href).href);
      await database.open({ path: ":memory:", filesystem: { allowFullHTTPReads: false } });
      return new SqlEngine(database, await database.connect(), worker, ended);
    };
    try {
      return await Promise.race([begin(), ended]);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** A file of this server, which is read by ranges. */
  addUrl(name: string, url: string): Promise<void> {
    return this.orEnd(this.database.registerFileURL(name, new URL(url, location.href).href, DuckDBDataProtocol.HTTP, false));
  }

  addBytes(name: string, bytes: Uint8Array): Promise<void> {
    return this.orEnd(this.database.registerFileBuffer(name, bytes));
  }

  /** A file that a statement will write. */
  addEmpty(name: string): Promise<void> {
    return this.orEnd(this.database.registerEmptyFileBuffer(name));
  }

  read(name: string): Promise<Uint8Array> {
    return this.orEnd(this.database.copyFileToBuffer(name));
  }

  /** Nothing of the files is known afterwards, not even what was read of them. */
  async dropFiles(): Promise<void> {
    await this.orEnd(this.database.dropFiles());
  }

  /** The first rows of a query, with values as DuckDB writes them; what another statement tells. */
  async run(statement: string, verb: string): Promise<Rows> {
    if (!querying.has(verb)) return this.told(statement);
    // As texts, since JavaScript has no exact numbers; in a table, since an error after the first
    // rows of an answer would look like its end.
    const inner = `(${statement}\n)`;
    const described = await this.told(`DESCRIBE SELECT * FROM ${inner}`);
    await this.told(`CREATE OR REPLACE TEMP TABLE ${kept} AS SELECT COLUMNS(*)::VARCHAR FROM ${inner} LIMIT ${rowsMax + 1}`);
    const { rows } = await this.told(`FROM ${kept}`);
    return {
      columns: described.rows.map(([name]) => name ?? ""),
      types: described.rows.map(([, type]) => type ?? ""),
      rows: rows.slice(0, rowsMax),
      isCut: rows.length > rowsMax,
    };
  }

  stop() {
    this.worker.terminate();
  }

  private async told(statement: string): Promise<Rows> {
    const table = await this.orEnd<Answer>(this.connection.query(statement) as Promise<unknown> as Promise<Answer>);
    const columns = table.schema.fields.map(({ name }) => name);
    const vectors = columns.map((_, index) => table.getChildAt(index));
    const shown = Math.min(table.numRows, rowsMax + 1);
    const cell = (value: unknown) => (typeof value === "string" ? value : formatCell(value));
    return {
      columns,
      types: [],
      rows: Array.from({ length: shown }, (_, row) => vectors.map((vector) => cell(vector?.get(row)))),
      isCut: table.numRows > rowsMax,
    };
  }

  private orEnd<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.ended]);
  }
}
