// Work on many objects: what was chosen with all that is below it, and many requests at a time.
import type { ObjectStats } from "../api/types";
import type { ListedRow } from "./merge-changes";
import { baseName } from "./paths";

/** So many objects are worked on at once; more are for a program. */
export const objectsMost = 100_000;
const parallel = 8;

export class TooMany extends Error {
  constructor() {
    super(`These are more than ${objectsMost.toLocaleString("en")} objects. Choose less, or use lakectl.`);
  }
}

/** Pages of all objects below a folder. */
export type Walk = (folder: string) => AsyncIterable<ObjectStats[]>;

/** The chosen objects and those below chosen folders. Throws TooMany. */
export async function* objectsOf(chosen: Iterable<ListedRow>, walk: Walk): AsyncGenerator<ObjectStats> {
  let count = 0;
  for (const { path, isFolder, stats } of chosen) {
    for await (const page of isFolder ? walk(path) : stats ? [[stats]] : []) {
      count += page.length;
      if (count > objectsMost) throw new TooMany();
      yield* page;
    }
  }
}

/** Does something for each, some at a time. The first failure ends it, when what was begun is done. */
export async function forEach<Item>(items: Iterable<Item>, work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failure: { error: unknown } | null = null;
  const run = async () => {
    while (!failure) {
      const next = rest.next();
      if (next.done) return;
      try {
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, run));
  // What other runs may have set meanwhile.
  const failed = failure as { error: unknown } | null;
  if (failed) throw failed.error;
}

export function* slices<Item>(items: Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Where the chosen go: one of them to a path, or all into a folder ("" is the top). */
export type Target = { path: string } | { folder: string };

/** The new path of an object that is, or is below, `chosen`. */
export function targetPath(object: string, chosen: string, target: Target): string {
  const root = "path" in target ? target.path : target.folder + baseName(chosen);
  return root + object.slice(chosen.length);
}

/** What is wrong with moving or copying so; null if nothing is. */
export function targetError(chosen: ListedRow[], target: Target): string | null {
  const [only] = chosen;
  if ("path" in target) {
    if (target.path === "" || target.path === "/") return "It needs a path.";
    if (only?.isFolder === true && !target.path.endsWith("/")) return "The path of a folder ends with a slash.";
    if (only?.isFolder === false && target.path.endsWith("/")) return "The path of an object does not end with a slash.";
  } else if (target.folder !== "" && !target.folder.endsWith("/")) return "The path of a folder ends with a slash.";
  for (const { path, isFolder } of chosen) {
    const to = targetPath(path, path, target);
    if (to === path) return `${baseName(path)} is there already.`;
    if (isFolder && to.startsWith(path)) return `${baseName(path)} cannot be put into itself.`;
    if (isFolder && path.startsWith(to)) return `${baseName(path)} cannot be put over a folder that it is in.`;
  }
  return null;
}
