// Packs a built interface into one file for the program: pack.mjs FOLDER FILE. The form is described
// in src/webui/asset_pack.h.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const types = {
  ".css": "text/css;charset=utf-8",
  ".html": "text/html;charset=utf-8",
  ".js": "text/javascript;charset=utf-8",
  ".mjs": "text/javascript;charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain;charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};
const compressible = new Set([".css", ".html", ".js", ".mjs", ".svg", ".wasm"]);

// Of what is larger there is one form only, which all browsers take: the program carries it all the time.
const allFormsBytesMax = 4 << 20;

const [folder, target] = process.argv.slice(2);
const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  .sort();
const lines = [];
const bodies = [];
for (const name of names) {
  const plain = readFileSync(join(folder, name));
  const kind = extname(name);
  const type = types[kind];
  if (!type) throw new Error(`${name}: there is no media type for ${kind}; add it to scripts/pack.mjs`);
  const isLarge = compressible.has(kind) && plain.length > allFormsBytesMax;
  const none = Buffer.alloc(0);
  const short = (bytes) => (compressible.has(kind) && bytes.length < plain.length ? bytes : none);
  const forms = [
    isLarge ? none : plain,
    short(gzipSync(plain, { level: 9 })),
    isLarge ? none : short(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })),
  ];
  const tag = createHash("sha256").update(plain).digest("hex").slice(0, 32);
  lines.push([name, type, tag, ...forms.map((form) => form.length)].join(" "));
  bodies.push(...forms);
}
writeFileSync(`${target}.new`, Buffer.concat([Buffer.from(["tarn-webui 1", ...lines, "", ""].join("\n")), ...bodies]));
renameSync(`${target}.new`, target);
