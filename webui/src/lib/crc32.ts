// The checksum of ZIP archives (ISO 3309, polynomial 0xEDB88320), four bytes at a time.

const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
const [t0, t1, t2, t3] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  t0[byte] = value;
}
for (let byte = 0; byte < 256; byte++) {
  for (let table = 1; table < 4; table++) {
    const before = tables[table - 1]?.[byte] ?? 0;
    (tables[table] ?? t0)[byte] = (before >>> 8) ^ (t0[before & 255] ?? 0);
  }
}

/** The checksum of what `before` is the checksum of (0 for nothing), with `bytes` behind it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  const whole = bytes.length & ~3;
  let at = 0;
  for (; at < whole; at += 4) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    crc = (t3[crc & 255] ?? 0) ^ (t2[(crc >>> 8) & 255] ?? 0) ^ (t1[(crc >>> 16) & 255] ?? 0) ^ (t0[crc >>> 24] ?? 0);
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return ~crc >>> 0;
}
