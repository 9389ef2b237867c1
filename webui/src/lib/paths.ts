// Paths within a ref: "a/b/c"; a folder ends with a slash, the top is "".

/** lakefs://repository/ref/path */
export const lakefsUri = (repository: string, ref = "", path = "") =>
  `lakefs://${repository}${ref ? `/${ref}/${path}` : ""}`;

/** The last part, with its slash if it is a folder. */
export function baseName(path: string): string {
  const end = path.endsWith("/") ? path.length - 1 : path.length;
  return path.slice(path.lastIndexOf("/", end - 1) + 1);
}

export function parentFolder(path: string): string {
  return path.slice(0, path.length - baseName(path).length);
}

export interface Crumb {
  name: string;
  path: string;
}

/** The folders from the top down to `folder`. */
export function crumbs(folder: string): Crumb[] {
  const found: Crumb[] = [];
  let start = 0;
  for (let end = folder.indexOf("/"); end >= 0; end = folder.indexOf("/", start)) {
    found.push({ name: folder.slice(start, end), path: folder.slice(0, end + 1) });
    start = end + 1;
  }
  return found;
}

/** In small letters and without the dot; "" without one. */
export function extension(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

/** Resolves a relative link of a document at `document` to a path; null if it leads elsewhere. */
export function resolveRelative(document: string, link: string): string | null {
  if (/^([a-z][a-z0-9+.-]*:|\/\/|#)/i.test(link)) return null;
  let text: string;
  try {
    text = decodeURIComponent(link.split(/[?#]/, 1)[0] ?? "");
  } catch {
    return null;
  }
  const parts = text.startsWith("/") ? [] : parentFolder(document).split("/").slice(0, -1);
  for (const part of text.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
