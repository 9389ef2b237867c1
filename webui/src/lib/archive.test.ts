import { expect, it, vi } from "vitest";
import type { ObjectStats } from "../api/types";
import { saveArchive } from "./archive";

const object = (path: string, size_bytes: number): ObjectStats => ({ path, path_type: "object", physical_address: "", checksum: "", mtime: 0, size_bytes });

// eslint-disable-next-line @typescript-eslint/require-await -- real ones wait
async function* each(...objects: ObjectStats[]) {
  yield* objects;
}

function sinkOf() {
  const blocks: Uint8Array[] = [];
  const sink = {
    write: (block: Uint8Array) => Promise.resolve(void blocks.push(block)),
    close: vi.fn(() => Promise.resolve()),
    abort: vi.fn(() => Promise.resolve()),
  };
  return { blocks, sink };
}

const filled = (bytes: number) => Promise.resolve(new Response(new Uint8Array(bytes)));

it("writes blocks, with names below the folder, and tells how far it is", async () => {
  const { blocks, sink } = sinkOf();
  const onProgress = vi.fn();
  const sizes: Record<string, number> = { "f/a": 3 << 20, "f/g/b": 10 };
  const objects = each(object("f/a", 3 << 20), object("f/empty", 0), object("f/g/b", 10));
  await saveArchive({ objects, folder: "f/", read: (path) => filled(sizes[path] ?? 0), onProgress }, sink);
  expect(sink.close).toHaveBeenCalledOnce();
  expect(sink.abort).not.toHaveBeenCalled();
  expect(blocks.slice(0, -1).every(({ length }) => length === 1 << 20)).toBe(true);
  const text = Buffer.concat(blocks).toString("latin1");
  for (const name of ["a", "empty", "g/b"]) expect(text).toContain(name);
  expect(text).not.toContain("f/a");
  expect(onProgress).toHaveBeenLastCalledWith(3, (3 << 20) + 10);
});

it("reads only a few objects ahead", async () => {
  const { sink } = sinkOf();
  let open = 0;
  let most = 0;
  const read = () => {
    most = Math.max(most, ++open);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(4));
        controller.close();
        open--;
      },
    }, { highWaterMark: 0 });
    return Promise.resolve(new Response(body));
  };
  await saveArchive({ objects: each(...Array.from({ length: 50 }, (_, index) => object(`o${index}`, 4))), folder: "", read, onProgress: () => undefined }, sink);
  expect(most).toBeLessThanOrEqual(5);
});

it("saves nothing where an object cannot be read, or has changed", async () => {
  for (const read of [() => Promise.reject(new Error("gone")), () => filled(5)]) {
    const { sink } = sinkOf();
    await expect(saveArchive({ objects: each(object("a", 4)), folder: "", read, onProgress: () => undefined }, sink)).rejects.toThrow(/gone|changed/);
    expect(sink.abort).toHaveBeenCalledOnce();
    expect(sink.close).not.toHaveBeenCalled();
  }
});
