// A large file is sent in parts: some at a time, each tried again if it fails, and what has arrived
// is not sent again, not even after the page was closed meanwhile.
import { ApiError } from "../api/client";

/** Where the parts go. `Id` is what the server calls the upload; it can be kept as JSON. */
export interface PartTarget<Id = unknown> {
  begin: () => Promise<Id>;
  /** The entity tag of the part. Numbers begin with 1. */
  send: (id: Id, number: number, part: Blob, onProgress: (sent: number) => void, signal: AbortSignal) => Promise<string>;
  complete: (id: Id, tags: string[]) => Promise<void>;
  abort: (id: Id) => Promise<void>;
}

/** An upload that was begun. */
export interface Begun {
  id: unknown;
  partBytes: number;
  /** By the number of the part. */
  tags: Record<number, string>;
}

/** Keeps what was begun until it is complete; null: there is nothing. */
export interface Keeper {
  get: () => Begun | null;
  set: (begun: Begun | null) => void;
}

/** Files from this size on are sent in parts. */
export const partsFromBytes = 64 << 20;
const partBytesLeast = 16 << 20;
const partsMost = 1000;
const parallel = 3;
const triesMost = 4;
const waitMs = 500;

/** Parts are as small as is allowed, so that little is lost with one. */
export const partBytesOf = (size: number) => Math.max(partBytesLeast, Math.ceil(size / partsMost / (1 << 20)) << 20);

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("cancelled", "AbortError"));
    });
  });

/** Whether the same request may succeed a moment later. */
const isPassing = (error: unknown) => !(error instanceof ApiError) || error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;

/** The upload is not known any more: it was completed, given up or swept. */
const isForgotten = (error: unknown) => error instanceof ApiError && error.status === 404;

export interface PartsOptions {
  partBytes?: number;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Sends a file. What fails can be called again with the same keeper, and goes on where it stopped. */
export async function sendInParts(
  file: Blob,
  target: PartTarget,
  keeper: Keeper,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
  { partBytes = partBytesOf(file.size), pause = wait }: PartsOptions = {},
): Promise<void> {
  const kept = keeper.get();
  if (kept) {
    try {
      await send(file, kept, target, keeper, onProgress, signal, pause);
      return;
    } catch (error) {
      if (!isForgotten(error)) throw error;
    }
  }
  const begun: Begun = { id: await target.begin(), partBytes, tags: {} };
  keeper.set(begun);
  await send(file, begun, target, keeper, onProgress, signal, pause);
}

async function send(
  file: Blob,
  begun: Begun,
  target: PartTarget,
  keeper: Keeper,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
  pause: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { id, partBytes, tags } = begun;
  const parts = Math.max(1, Math.ceil(file.size / partBytes));
  const part = (number: number) => file.slice((number - 1) * partBytes, Math.min(number * partBytes, file.size));
  const sent = new Map<number, number>();
  for (let number = 1; number <= parts; number++) if (tags[number]) sent.set(number, part(number).size);
  const tell = () => onProgress([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  tell();
  const waiting = Array.from({ length: parts }, (_, index) => index + 1).filter((number) => !tags[number]);
  // The first failure stops the other parts, which would only be in the way of another try.
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const sendOne = async (number: number) => {
    for (let tried = 1; ; tried++) {
      try {
        const onPart = (bytes: number) => {
          sent.set(number, bytes);
          tell();
        };
        tags[number] = await target.send(id, number, part(number), onPart, both);
        onPart(part(number).size);
        keeper.set(begun);
        return;
      } catch (error) {
        sent.delete(number);
        if (both.aborted || tried === triesMost || !isPassing(error)) throw error;
        await pause(waitMs * 2 ** tried, both);
      }
    }
  };
  let failure: { error: unknown } | null = null;
  const run = async () => {
    try {
      for (let number = waiting.shift(); number !== undefined && !both.aborted; number = waiting.shift()) await sendOne(number);
    } catch (error) {
      failure ??= { error };
      stop.abort();
    }
  };
  const end = (error: unknown) => {
    if (signal.aborted || isForgotten(error)) keeper.set(null);
    // What was cancelled will not go on: its parts would stay in the store.
    if (signal.aborted) void target.abort(id).catch(() => undefined);
    throw error;
  };
  await Promise.all(Array.from({ length: parallel }, run));
  // What the runs may have set meanwhile.
  const failed = failure as { error: unknown } | null;
  if (failed) end(failed.error);
  try {
    signal.throwIfAborted();
    await target.complete(id, Array.from({ length: parts }, (_, index) => tags[index + 1] ?? ""));
  } catch (error) {
    end(error);
  }
  keeper.set(null);
}

/** Keeps what was begun in the browser, so that it goes on after the page was closed. */
export function browserKeeper(name: string): Keeper {
  const key = `tarn:upload:${name}`;
  return {
    get: () => {
      try {
        return JSON.parse(localStorage.getItem(key) ?? "null") as Begun | null;
      } catch {
        return null;
      }
    },
    set: (begun) => {
      try {
        if (begun) localStorage.setItem(key, JSON.stringify(begun));
        else localStorage.removeItem(key);
      } catch {
        // A browser that keeps nothing: it goes on while the page is open, by what is in memory.
      }
    },
  };
}
