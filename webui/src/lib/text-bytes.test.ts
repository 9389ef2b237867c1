import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeText, isGzip, unpackStart } from "./text-bytes";

describe("decodeText", () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);

  it("knows text from bytes", () => {
    expect(decodeText(utf8("é\n\t"), false, true)).toEqual({ text: "é\n\t", encoding: "UTF-8" });
    expect(decodeText(utf8("a日").subarray(0, 3), false, false)).toEqual({ text: "a", encoding: "UTF-8" });
    expect(decodeText(new Uint8Array([65, 0, 1]), true, true)).toBeNull();
    expect(decodeText(new Uint8Array([0xff, 65]), false, true)).toBeNull();
  });

  it("reads other encodings", () => {
    expect(decodeText(new Uint8Array([0xff, 0xfe, 65, 0]), false, true)).toEqual({ text: "A", encoding: "UTF-16" });
    expect(decodeText(new Uint8Array([0xfe, 0xff, 0, 65]), false, true)).toEqual({ text: "A", encoding: "UTF-16" });
    expect(decodeText(new Uint8Array([0x63, 0xe9]), true, true)).toEqual({ text: "cé", encoding: "Windows-1252" });
  });
});

describe("unpackStart", () => {
  const packed = (text: string) => new Uint8Array(gzipSync(text));

  it("unpacks", async () => {
    const bytes = packed("a,b\n");
    expect(isGzip(bytes)).toBe(true);
    const start = await unpackStart(bytes, 100);
    expect([new TextDecoder().decode(start.bytes), start.isWhole]).toEqual(["a,b\n", true]);
  });

  it("keeps what could be unpacked of a part", async () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `${index * 7919}`).join("\n");
    const bytes = packed(text);
    const start = await unpackStart(bytes.slice(0, bytes.length / 2), 1 << 20);
    expect(start.isWhole).toBe(false);
    expect(start.bytes.length).toBeGreaterThan(10_000);
    expect(text.startsWith(new TextDecoder().decode(start.bytes))).toBe(true);
  });

  it("stops at its limit, whatever is still to come", async () => {
    const start = await unpackStart(packed("\n".repeat(50 << 20)), 1000);
    expect([start.bytes.length, start.isWhole]).toEqual([1000, false]);
  });
});
