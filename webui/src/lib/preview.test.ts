import { describe, expect, it } from "vitest";
import { previewOf, queriedAs, rasterType } from "./preview";

describe("previewOf", () => {
  it("goes by the type, then by the name", () => {
    expect(previewOf("a.bin", "text/markdown; charset=utf-8")).toBe("markdown");
    expect(previewOf("a.csv", "application/octet-stream")).toBe("table");
    expect(previewOf("a.csv.gz", "application/octet-stream")).toBe("table");
    expect(previewOf("a", "image/png")).toBe("image");
    expect(previewOf("a", "application/ld+json")).toBe("text");
    expect(previewOf("a.parquet", "application/octet-stream")).toBe("parquet");
    expect(previewOf("a.IPYNB")).toBe("notebook");
    expect(previewOf("a.geojson", "application/json")).toBe("geojson");
    expect(previewOf("a.orc", "application/octet-stream")).toBe("binary");
  });

  it("never draws HTML and SVG", () => {
    expect(previewOf("a.html", "text/html")).toBe("text");
    expect(previewOf("a.svg", "image/svg+xml")).toBe("text");
    expect(previewOf("a", "image/svg+xml")).toBe("text");
    expect(previewOf("a", "application/xhtml+xml")).toBe("text");
    expect(previewOf("a.html", "")).toBe("text");
  });
});

it("knows what SQL reads as a table", () => {
  const kinds = ["a.parquet", "a.CSV", "a.tsv.gz", "a.json", "a.jsonl.gz", "a.ndjson", "a.csv.zst", "csv", "a.parquet.gz"].map(queriedAs);
  expect(kinds).toEqual(["parquet", "csv", "csv", "json", "json", "json", null, null, null]);
});

describe("rasterType", () => {
  const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

  it("knows images of points by their first bytes", () => {
    expect(
      ["\x89PNG\r\n\x1a\n....", "\xff\xd8\xff\xe0", "GIF89a", "RIFF....WEBPVP8 ", `BM${" ".repeat(24)}`, "....ftypavif"].map((text) =>
        rasterType(bytes(text)),
      ),
    ).toEqual(["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"]);
  });

  it.each(["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<html><script>alert(1)</script>", "BM<svg", "", "....ftypmp42", "RIFF....WAVE"])(
    "does not take %s for one",
    (text) => {
      expect(rasterType(bytes(text))).toBeNull();
    },
  );
});
