// What one saves of many objects: a ZIP archive that is written while it is read.
import type { ObjectStats } from "../api/types";
import { saveBlob } from "./save";
import { zip, type ZipMember, zipNames } from "./zip";

const blockBytes = 1 << 20;
// Requests that are under way while one object is written: small ones would else wait one by one.
const ahead = 3;

/** So much fits where an archive is held by the browser until it is whole. */
export const heldBytesMost = 512 << 20;

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

export interface ArchiveSource {
  objects: AsyncIterable<ObjectStats>;
  /** Names in the archive are paths below this folder. */
  folder: string;
  read: (path: string) => Promise<Response>;
  onProgress: (objects: number, bytes: number) => void;
}

async function* membersOf({ objects, folder, read }: ArchiveSource): AsyncGenerator<ZipMember> {
  const nameOf = zipNames();
  const waiting: ZipMember[] = [];
  for await (const { path, size_bytes = 0, mtime } of objects) {
    const answer = size_bytes > 0 ? read(path) : null;
    // Who opens it is told.
    answer?.catch(() => undefined);
    const open = async () => {
      const body = (await answer)?.body;
      return body ? chunksOf(body) : chunksOf(new Blob().stream());
    };
    waiting.push({ name: nameOf(path.slice(folder.length)), size: size_bytes, mtime, open });
    const next = waiting.length > ahead ? waiting.shift() : undefined;
    if (next) yield next;
  }
  yield* waiting;
}

/** The archive in blocks; it holds one of them, and a few that the browser reads ahead. */
export async function* archiveBlocks(source: ArchiveSource): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(blockBytes);
  let filled = 0;
  let objects = 0;
  let bytes = 0;
  async function* counted() {
    for await (const member of membersOf(source)) {
      yield member;
      objects += 1;
      bytes += member.size;
      source.onProgress(objects, bytes);
    }
  }
  for await (let chunk of zip(counted())) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      chunk = chunk.subarray(part.length);
      if (filled < blockBytes) continue;
      yield block;
      block = new Uint8Array(blockBytes);
      filled = 0;
    }
  }
  yield block.subarray(0, filled);
}

interface Sink {
  write: (block: Uint8Array<ArrayBuffer>) => Promise<void>;
  close: () => Promise<void>;
  /** Nothing of it stays. */
  abort: () => Promise<void>;
}

type Picker = (options: { suggestedName: string }) => Promise<{ createWritable: () => Promise<Sink> }>;

/** Whether files can be written while they are made; else they are held until they are whole. */
export const canStream = () => "showSaveFilePicker" in window;

/** Asks where to save; must be called while something that the user does is handled. */
export async function pickFile(suggestedName: string): Promise<Sink> {
  const { showSaveFilePicker } = window as unknown as { showSaveFilePicker: Picker };
  return (await showSaveFilePicker({ suggestedName })).createWritable();
}

/** Holds the file, and gives it to the browser's downloads when it is whole. */
export function heldFile(name: string): Sink {
  let parts: Blob[] = [];
  return {
    write: (block) => {
      // The browser may put blobs on its disk.
      parts.push(new Blob([block]));
      return Promise.resolve();
    },
    close: () => {
      saveBlob(new Blob(parts, { type: "application/zip" }), name);
      return Promise.resolve();
    },
    abort: () => {
      parts = [];
      return Promise.resolve();
    },
  };
}

/** Writes an archive; if it cannot be made whole, nothing is saved. */
export async function saveArchive(source: ArchiveSource, sink: Sink): Promise<void> {
  try {
    for await (const block of archiveBlocks(source)) await sink.write(block);
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await sink.close();
}
