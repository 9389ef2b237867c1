// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./markdown";

const place = { repository: "repo", ref: "main", path: "docs/README.md" };
const render = (text: string) => renderMarkdown(text, place);

describe("renderMarkdown", () => {
  it.each([
    ["a script", "<script>alert(1)</script>"],
    ["a handler", '<img src="x.png" onerror="alert(1)">'],
    ["a link that runs", "[x](javascript:alert(1))"],
    ["a hidden link that runs", '<a href="jAvA&#x0A;script:alert(1)">x</a>'],
    ["a link with data", "[x](data:text/html,<script>alert(1)</script>)"],
    ["a vector image", '<svg onload="alert(1)"><script>alert(1)</script></svg>'],
    ["mathematics", '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">'],
    ["a frame", '<iframe srcdoc="<script>alert(1)</script>"></iframe>'],
    ["an object", '<object data="x.html"></object><embed src="x.html">'],
    ["a form", '<form action="/logout"><button formaction="javascript:alert(1)">x</button></form>'],
    ["styles", '<style>*{display:none}</style><p style="position:fixed">x</p>'],
    ["a base", '<base href="https://evil.example/">'],
    ["a refresh", '<meta http-equiv="refresh" content="0;url=https://evil.example">'],
    ["names that hide ours", '<a id="root" name="location">x</a>'],
  ])("takes out %s", (_, text) => {
    const html = render(text);
    expect(html).not.toMatch(/script|alert|onerror|onload|<(svg|math|iframe|object|embed|form|button|style|base|meta)|style=|id=|name=|data:/i);
  });

  it("fetches nothing from other servers", () => {
    const html = render('![seen](https://evil.example/pixel.png) <img src="//evil.example/x" srcset="https://evil.example/y 2x">');
    expect(html).not.toMatch(/evil/);
    expect(html).toContain("seen");
  });

  it("shows images beside the document", () => {
    expect(render("![lake](../images/a%20b.png)")).toContain(
      'src="/api/v1/repositories/repo/refs/main/objects?path=images%2Fa+b.png"',
    );
  });

  it("leads links to pages of ours, and others to new windows", () => {
    expect(render("[a](other.md)")).toContain('href="/repositories/repo/object?ref=main&amp;path=docs%2Fother.md"');
    expect(render("[a](lakefs://data/dev/x/y.csv)")).toContain('href="/repositories/data/object?ref=dev&amp;path=x%2Fy.csv"');
    expect(render("[a](https://example.org)")).toMatch(/target="_blank" rel="noopener noreferrer"/);
  });

  it("keeps what Markdown is for", () => {
    expect(render("# Title\n\n- one\n\n| a |\n|---|\n| 1 |\n\n```\ncode\n```")).toMatch(/<h1>.*<li>.*<table.*<pre.*code/s);
  });
});
