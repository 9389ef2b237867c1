// SQL over the objects of this server. There is one DuckDB for all pages: it starts with the first
// query, keeps the tables that were made, and ends with a query that is cancelled.
import { isStatus } from "../api/client";
import { objectUrl, openObject, statObject, walkObjects } from "../api/objects";
import { uploadObject } from "../api/uploads";
import { formatBytes } from "./format";
import { SqlEngine } from "./sql-engine";
import { exported, heldBytesMost, type Objects, runSql, type SqlResult } from "./sql-run";
import type { Place } from "./sql-text";

let current: { engine: Promise<SqlEngine>; end: AbortController } | null = null;

async function withEngine<Value>(signal: AbortSignal, work: (engine: SqlEngine) => Promise<Value>): Promise<Value> {
  if (!current) {
    const end = new AbortController();
    current = { engine: SqlEngine.start(end.signal), end };
  }
  const mine = current;
  const forget = () => {
    if (current === mine) current = null;
  };
  const end = () => {
    mine.end.abort();
    forget();
  };
  signal.addEventListener("abort", end);
  try {
    const engine = await mine.engine.catch((error: unknown) => {
      forget();
      throw error;
    });
    return await work(engine);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

const unpackedAs = (path: string, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
  path.endsWith(".gz") ? body.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>) : body;

async function gather(body: ReadableStream<Uint8Array>, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > heldBytesMost) {
      await reader.cancel();
      throw new Error(`${path} has more than ${formatBytes(heldBytesMost)}, the most that is read of JSON and of what is packed. Parquet and CSV may be larger.`);
    }
    chunks.push(next.value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function objectsOf(signal: AbortSignal): Objects {
  const named = async <Value>({ ref, path }: Place, call: Promise<Value>) => {
    try {
      return await call;
    } catch (error) {
      if (isStatus(error, 404)) throw new Error(`There is no object ${path} on ${ref}.`, { cause: error });
      throw error;
    }
  };
  return {
    stat: (place) => named(place, statObject(place.repository, place.ref, place.path, signal)),
    walk: ({ repository, ref, path }) => walkObjects({ repository, ref, prefix: path }, signal),
    url: ({ repository, ref, path }) => objectUrl(repository, ref, path),
    read: async (place) => {
      const { body } = await named(place, openObject(place.repository, place.ref, place.path, signal));
      return body ? gather(unpackedAs(place.path, body), place.path) : new Uint8Array();
    },
    write: ({ repository, ref, path }, bytes) =>
      uploadObject({ repository, branch: ref, path, isNew: false }, new Blob([bytes as Uint8Array<ArrayBuffer>]), () => undefined, signal),
  };
}

/** Runs SQL; `signal` ends it, and with it the tables that queries before it made. */
export const runOverObjects = (sql: string, signal: AbortSignal): Promise<SqlResult> =>
  withEngine(signal, (engine) => runSql(sql, engine, objectsOf(signal)));

/** All rows of the last result as comma separated values. */
export const exportResult = (result: SqlResult, signal: AbortSignal): Promise<Blob> =>
  withEngine(signal, async (engine) => new Blob([(await exported(result, engine)) as Uint8Array<ArrayBuffer>], { type: "text/csv" }));
