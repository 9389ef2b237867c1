import { describe, expect, it } from "vitest";
import { baseName, crumbs, extension, lakefsUri, parentFolder, resolveRelative } from "./paths";

describe("paths", () => {
  it("splits names from folders", () => {
    expect([baseName("a/b"), baseName("a/b/"), baseName("a"), baseName("a//")]).toEqual(["b", "b/", "a", "/"]);
    expect([parentFolder("a/b"), parentFolder("a/b/"), parentFolder("a")]).toEqual(["a/", "a/", ""]);
    expect(crumbs("a//b/")).toEqual([
      { name: "a", path: "a/" },
      { name: "", path: "a//" },
      { name: "b", path: "a//b/" },
    ]);
  });

  it("finds endings", () => {
    expect([extension("a/B.TXT"), extension(".env"), extension("a.b/c")]).toEqual(["txt", "", ""]);
  });

  it("makes URIs", () => {
    expect([lakefsUri("r"), lakefsUri("r", "main"), lakefsUri("r", "main", "a b")]).toEqual([
      "lakefs://r",
      "lakefs://r/main/",
      "lakefs://r/main/a b",
    ]);
  });

  it("resolves relative links and refuses others", () => {
    expect(resolveRelative("a/b.md", "../c/./d.png?x#y")).toBe("c/d.png");
    expect(resolveRelative("a/b.md", "/c")).toBe("c");
    expect(resolveRelative("b.md", "../../c")).toBe("c");
    expect(resolveRelative("b.md", "%zz")).toBeNull();
    for (const link of ["https://x/y", "//x/y", "javascript:f()", "#top"]) expect(resolveRelative("b.md", link)).toBeNull();
  });
});
