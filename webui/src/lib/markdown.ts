// Markdown of users as HTML that cannot do anything: no scripts, forms, styles, frames, and no
// requests to other servers.
import DOMPurify from "dompurify";
import { marked } from "marked";
import { objectUrl } from "../api/objects";
import { objectAddress } from "../shell/addresses";
import { resolveRelative } from "./paths";

export interface Place {
  repository: string;
  ref: string;
  path: string;
}

/** Where a link of a document leads: a page of ours for "lakefs://" and relative ones. */
export function linkTarget(link: string, { repository, ref, path }: Place): { href: string; isOurs: boolean } | null {
  const uri = /^lakefs:\/\/([^/]+)\/([^/]+)\/(.+)$/.exec(link);
  if (uri) return { href: objectAddress(uri[1] ?? "", uri[2] ?? "", uri[3] ?? ""), isOurs: true };
  if (link.startsWith("#")) return { href: link, isOurs: true };
  const relative = resolveRelative(path, link);
  if (relative !== null) return { href: objectAddress(repository, ref, relative), isOurs: true };
  return /^(https?|mailto):/i.test(link) ? { href: link, isOurs: false } : null;
}

/** The address of an image's bytes on this server; null for one from elsewhere. */
function imageSource(link: string, { repository, ref, path }: Place): string | null {
  const uri = /^lakefs:\/\/([^/]+)\/([^/]+)\/(.+)$/.exec(link);
  if (uri) return objectUrl(uri[1] ?? "", uri[2] ?? "", uri[3] ?? "");
  const relative = resolveRelative(path, link);
  return relative === null ? null : objectUrl(repository, ref, relative);
}

/** Safe HTML of the document at `place`. */
export const renderMarkdown = (text: string, place: Place): string =>
  renderHtml(marked.parse(text, { async: false, gfm: true }), place);

/** Safe HTML of any that a user wrote for `place`: an output of a notebook. */
export function renderHtml(dirty: string, place: Place): string {
  const fragment = DOMPurify.sanitize(dirty, {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: ["style", "form", "input", "button", "select", "textarea", "video", "audio", "source", "picture", "iframe"],
    FORBID_ATTR: ["style", "class", "id", "name", "srcset", "background", "action", "formaction", "ping"],
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|lakefs:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
  });
  for (const link of fragment.querySelectorAll("a[href]")) {
    const target = linkTarget(link.getAttribute("href") ?? "", place);
    if (!target) {
      link.removeAttribute("href");
      continue;
    }
    link.setAttribute("href", target.href);
    link.removeAttribute("target");
    if (!target.isOurs) {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer");
    }
  }
  for (const image of fragment.querySelectorAll("img")) {
    const source = imageSource(image.getAttribute("src") ?? "", place);
    if (source) {
      image.setAttribute("src", source);
      image.setAttribute("loading", "lazy");
    } else {
      // It would be fetched from another server, which so would learn who reads here.
      image.replaceWith(image.getAttribute("alt") ?? "");
    }
  }
  for (const table of fragment.querySelectorAll("table, pre")) table.setAttribute("tabindex", "0");
  const holder = document.createElement("div");
  holder.append(fragment);
  return holder.innerHTML;
}
