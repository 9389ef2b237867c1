import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as reference } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32 } from "./crc32";
import { zip, type ZipMember, zipNames } from "./zip";

const bytes = (text: string) => new TextEncoder().encode(text);

// eslint-disable-next-line @typescript-eslint/require-await -- what reads it may have to wait
async function* chunks(...parts: Uint8Array[]) {
  yield* parts;
}

const member = (name: string, ...parts: string[]): ZipMember => ({
  name,
  size: bytes(parts.join("")).length,
  mtime: Date.UTC(2026, 10, 30, 12, 34, 56) / 1000,
  open: () => Promise.resolve(chunks(...parts.map(bytes))),
});

const time = [2026, 11, 30, 12, 34, 56];

async function collect(members: ZipMember[], wideFrom?: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of zip(members, wideFrom)) parts.push(part);
  return Buffer.concat(parts);
}

/** What Python, which shares no code with us, reads of an archive. */
function read(archive: Buffer): unknown {
  const folder = mkdtempSync(join(tmpdir(), "tarn-zip-"));
  try {
    writeFileSync(join(folder, "a.zip"), archive);
    const script =
      "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
      "print(json.dumps([[i.filename, i.file_size, list(i.date_time), z.read(i).decode()[:50]] for i in z.infolist()]))";
    return JSON.parse(execFileSync("python3", ["-c", script, join(folder, "a.zip")], { encoding: "utf8", maxBuffer: 64 << 20 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("crc32", () => {
  it("is that of zlib, in one piece or several", () => {
    for (const length of [0, 1, 3, 4, 5, 1000, 4099]) {
      const data = Uint8Array.from({ length }, (_, index) => (index * 7919) >> 3);
      expect(crc32(data)).toBe(reference(data));
      expect(crc32(data.subarray(length >> 1), crc32(data.subarray(0, length >> 1)))).toBe(reference(data));
    }
  });
});

describe("zip", () => {
  it("is read by others, with names and times", async () => {
    expect(read(await collect([member("a.txt", "Hello ", "there"), member("f/Übersicht ✓", ""), member("f/b", "x")]))).toEqual([
      ["a.txt", 11, time, "Hello there"],
      ["f/Übersicht ✓", 0, time, ""],
      ["f/b", 1, time, "x"],
    ]);
  });

  it("is an archive without members, too", async () => {
    expect(read(await collect([]))).toEqual([]);
  });

  it("holds more members than 16 bits count", async () => {
    const names = Array.from({ length: 70_000 }, (_, index) => `m${index}`);
    const found = read(await collect(names.map((name) => member(name)))) as [string][];
    expect(found.length).toBe(70_000);
    expect(found.at(-1)?.[0]).toBe("m69999");
  }, 30_000);

  it("says long sizes and far places in 64 bits", async () => {
    const long = "x".repeat(40);
    const archive = await collect([member("long", long), member("far", "y")], 30);
    expect(read(archive)).toEqual([
      ["long", 40, time, long],
      ["far", 1, time, "y"],
    ]);
    expect(archive.readUInt32LE(18)).toBe(0xffffffff);
    expect(archive.readUInt32LE(archive.length - 22 - 20)).toBe(0x07064b50);
  });

  it("ends with an error where a member is shorter or longer than it was", async () => {
    for (const size of [4, 6]) {
      await expect(collect([{ ...member("a", "12345"), size }])).rejects.toThrow("a changed while it was read");
    }
  });
});

describe("zipNames", () => {
  it("leads nowhere else", () => {
    const name = zipNames();
    expect(name("a/b.txt")).toBe("a/b.txt");
    expect(name("../../etc/passwd")).toBe("__/__/etc/passwd");
    expect(name("/a//b")).toBe("_/a/_/b");
    expect(name("c:\\d\\..\\e")).toBe("c:_d_.._e");
  });

  it("are all different", () => {
    const name = zipNames();
    expect([name("a\\b"), name("a_b"), name("a_b")]).toEqual(["a_b", "a_b (2)", "a_b (3)"]);
  });
});
