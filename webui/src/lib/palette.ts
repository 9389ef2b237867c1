// What the command palette finds for what was typed.
import { shortId } from "./format";

/** Where one is; taken from the address of the page. */
export interface PalettePlace {
  repository: string | null;
  ref: string | null;
}

export function placeOf(pathname: string, search: string): PalettePlace {
  const repository = /^\/repositories\/([^/]+)/.exec(pathname)?.[1];
  return { repository: repository ? decodeURIComponent(repository) : null, ref: new URLSearchParams(search).get("ref") };
}

/** How well a text fits what was typed: each word must stand in it, best at the beginning of a word. 0: not at all. */
export function fit(text: string, typed: string): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const where = text.toLowerCase();
  let points = 1;
  for (const word of words) {
    const at = where.indexOf(word);
    if (at < 0) return 0;
    const isAtWord = at === 0 || /[^a-z0-9]/.test(where[at - 1] ?? "");
    points += at === 0 ? 3 : isAtWord || new RegExp(`[^a-z0-9]${word.replace(/[^a-z0-9]/g, "\\$&")}`).test(where) ? 2 : 1;
  }
  return points;
}

/** Those that fit, the best first; among equals in their own order. */
export function fitting<Item extends { title: string; words?: string }>(items: Item[], typed: string): Item[] {
  return items
    .map((item) => ({ item, points: fit(`${item.title} ${item.words ?? ""}`, typed) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ item }) => item);
}

export type Typed =
  | { kind: "uri"; repository: string; ref: string; path: string }
  | { kind: "commit"; id: string; title: string }
  | { kind: "words" };

/** An address or an ID that was put in as it is. */
export function meaningOf(typed: string): Typed {
  const text = typed.trim();
  const uri = /^lakefs:\/\/([^/]+)(?:\/([^/]*)(?:\/(.*))?)?$/.exec(text);
  if (uri) return { kind: "uri", repository: uri[1] ?? "", ref: uri[2] ?? "", path: uri[3] ?? "" };
  if (/^[0-9a-f]{8,64}$/.test(text)) return { kind: "commit", id: text, title: shortId(text) };
  return { kind: "words" };
}
