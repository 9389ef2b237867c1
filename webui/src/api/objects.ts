// Objects of a ref.
import { queryOptions } from "@tanstack/react-query";
import { apiUrl, at, get, isStatus, send } from "./client";
import type { ObjectStats, Page } from "./types";

export interface ObjectListing {
  repository: string;
  ref: string;
  prefix: string;
}

export const listObjects = (
  { repository, ref, prefix }: ObjectListing,
  options: { after?: string; amount?: number; delimiter?: string; signal?: AbortSignal } = {},
) =>
  get<Page<ObjectStats>>(at`/repositories/${repository}/refs/${ref}/objects/ls`, {
    query: {
      prefix,
      after: options.after,
      amount: options.amount ?? 1000,
      delimiter: options.delimiter,
      presign: false,
    },
    signal: options.signal,
  });

/** Pages of all objects that begin with a prefix. */
export async function* walkObjects(listing: ObjectListing, signal: AbortSignal): AsyncGenerator<ObjectStats[]> {
  for (let after = ""; ; ) {
    const { results, pagination } = await listObjects(listing, { after, signal });
    yield results;
    if (!pagination.has_more) return;
    after = pagination.next_offset;
  }
}

export const statObject = (repository: string, ref: string, path: string, signal?: AbortSignal) =>
  get<ObjectStats>(at`/repositories/${repository}/refs/${ref}/objects/stat`, { query: { path, presign: false }, signal });

export const statQuery = (repository: string, ref: string, path: string) =>
  queryOptions({
    queryKey: ["objects", repository, ref, "stat", path],
    queryFn: ({ signal }) => statObject(repository, ref, path, signal),
  });

/** A link that lasts for minutes and needs no login. */
export async function presignedUrl(repository: string, ref: string, path: string): Promise<string> {
  const stats = await get<ObjectStats>(at`/repositories/${repository}/refs/${ref}/objects/stat`, {
    query: { path, presign: true },
  });
  return stats.physical_address;
}

/** Where the bytes of an object are. The server sends them sandboxed, whatever their type. */
export const objectUrl = (repository: string, ref: string, path: string) =>
  apiUrl(at`/repositories/${repository}/refs/${ref}/objects`, { path });

/** Asks for bytes of an object; `end` is exclusive and may be behind the last one. */
const sendRange = (repository: string, ref: string, path: string, start: number, end: number, signal?: AbortSignal) =>
  send(at`/repositories/${repository}/refs/${ref}/objects`, {
    query: { path },
    headers: { Range: `bytes=${start}-${end - 1}` },
    signal,
  });

/** Bytes of an object, of which there are so many. */
export async function readBytes(
  repository: string,
  ref: string,
  path: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const read = await (await sendRange(repository, ref, path, start, end, signal)).arrayBuffer();
  if (read.byteLength !== end - start) throw new Error("The object changed while it was read. Try again.");
  return read;
}

/** The first bytes of an object, and whether they are all of it. */
export async function readStart(
  repository: string,
  ref: string,
  path: string,
  bytes: number,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; isWhole: boolean }> {
  const response = await sendRange(repository, ref, path, 0, bytes, signal);
  const read = new Uint8Array(await response.arrayBuffer());
  const total = Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1] ?? read.length);
  return { bytes: read, isWhole: read.length >= total };
}

/** So many objects can be deleted by one call. */
export const deletedMost = 1000;

/** Whether there is an object at the path. */
export async function hasObject(repository: string, ref: string, path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await statObject(repository, ref, path, signal);
    return true;
  } catch (error) {
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

/** All bytes of an object, as they come. */
export const openObject = (repository: string, ref: string, path: string, signal?: AbortSignal) =>
  send(at`/repositories/${repository}/refs/${ref}/objects`, { query: { path }, signal });

/** Within a branch. What is at `to` is replaced. */
export const copyObject = (repository: string, branch: string, from: string, to: string, signal?: AbortSignal) =>
  send(at`/repositories/${repository}/branches/${branch}/objects/copy`, {
    method: "POST",
    query: { dest_path: to },
    json: { src_path: from },
    signal,
  });

export async function deleteObjects(repository: string, branch: string, paths: string[], signal?: AbortSignal): Promise<void> {
  const { errors } = await get<{ errors: { path?: string; message: string }[] }>(
    at`/repositories/${repository}/branches/${branch}/objects/delete`,
    { method: "POST", json: { paths }, signal },
  );
  const first = errors[0];
  if (first) throw new Error(`${first.path ?? ""} was not deleted: ${first.message}`);
}
