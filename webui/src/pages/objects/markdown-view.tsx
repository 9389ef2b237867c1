import { type MouseEvent, useMemo } from "react";
import { useNavigate } from "react-router";
import { type Place, renderMarkdown } from "../../lib/markdown";

/** Markdown of a user. */
export default function MarkdownView({ text, place }: { text: string; place: Place }) {
  const { repository, ref, path } = place;
  const html = useMemo(() => renderMarkdown(text, { repository, ref, path }), [text, repository, ref, path]);
  return <SafeHtml html={html} />;
}

/** What lib/markdown.ts made. Links to pages of ours are followed without loading everything again. */
export function SafeHtml({ html }: { html: string }) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const href = link?.getAttribute("href");
    if (!href?.startsWith("/repositories/") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void navigate(href);
  };
  return (
    // The links inside are what is clicked, by keyboard too.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div className="markdown" onClick={follow} dangerouslySetInnerHTML={{ __html: html }} />
  );
}
