// ZIP archives written as a stream (PKWARE APPNOTE 6.3, with ZIP64): members are stored as they are,
// since most objects of a lake are packed already. Memory: some bytes for each member, and one chunk.
import { crc32 } from "./crc32";

export interface ZipMember {
  /** Parts by slashes; see zipNames. */
  name: string;
  /** In bytes; an archive is not finished if there are more or fewer. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  open: () => Promise<AsyncIterable<Uint8Array>>;
}

interface Written {
  name: Uint8Array;
  size: number;
  crc: number;
  /** As MS-DOS had it: time in the lower half, date in the upper one. */
  time: number;
  offset: number;
}

const limit32 = 0xffffffff;
const limit16 = 0xffff;
const versionPlain = 20;
const version64 = 45;
// The names are UTF-8, and the checksum comes behind the bytes.
const flags = 0x0808;
const extra64 = 1;

/** Fields one behind another, little-endian. */
function fields(...values: [bytes: 2 | 4 | 8, value: number][]): Uint8Array {
  const buffer = new DataView(new ArrayBuffer(values.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 2) buffer.setUint16(at, value, true);
    else if (bytes === 4) buffer.setUint32(at, value, true);
    else buffer.setBigUint64(at, BigInt(value), true);
    at += bytes;
  }
  return new Uint8Array(buffer.buffer);
}

/** In UTC, as no archive says whose zone it means. Years from 1980 to 2107. */
function dosTime(seconds: number): number {
  const date = new Date(Math.min(Math.max(seconds, 315_532_800), 4_354_819_198) * 1000);
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}

function localHeader(name: Uint8Array, size: number, time: number, is64: boolean): Uint8Array {
  const size32 = is64 ? limit32 : size;
  return fields(
    [4, 0x04034b50], [2, is64 ? version64 : versionPlain], [2, flags], [2, 0], [4, time], [4, 0],
    [4, size32], [4, size32], [2, name.length], [2, is64 ? 20 : 0],
  );
}

function centralHeader({ name, size, crc, time, offset }: Written, wideFrom: number): Uint8Array[] {
  const isLong = size >= wideFrom;
  const isFar = offset >= wideFrom;
  const wide: [8, number][] = [];
  if (isLong) wide.push([8, size], [8, size]);
  if (isFar) wide.push([8, offset]);
  const extra = wide.length > 0 ? fields([2, extra64], [2, 8 * wide.length], ...wide) : new Uint8Array();
  const size32 = isLong ? limit32 : size;
  const version = wide.length > 0 ? version64 : versionPlain;
  return [
    fields(
      [4, 0x02014b50], [2, version], [2, version], [2, flags], [2, 0], [4, time], [4, crc], [4, size32], [4, size32],
      [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, isFar ? limit32 : offset],
    ),
    name,
    extra,
  ];
}

function endOfArchive(count: number, start: number, length: number, wideFrom: number): Uint8Array[] {
  const is64 = count >= limit16 || start >= wideFrom || length >= wideFrom;
  const end = fields(
    [4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, limit16)], [2, Math.min(count, limit16)],
    [4, length >= wideFrom ? limit32 : length], [4, start >= wideFrom ? limit32 : start], [2, 0],
  );
  if (!is64) return [end];
  return [
    fields(
      [4, 0x06064b50], [8, 44], [2, version64], [2, version64], [4, 0], [4, 0], [8, count], [8, count], [8, length], [8, start],
    ),
    fields([4, 0x07064b50], [4, 0], [8, start + length], [4, 1]),
    end,
  ];
}

/**
 * The archive, chunk by chunk. Throws what a member throws, and if one is not as long as it was said to be.
 * `wideFrom`: sizes and places from there on have 64 bits; a test needs no 4 GiB then.
 */
export async function* zip(
  members: AsyncIterable<ZipMember> | Iterable<ZipMember>,
  wideFrom = limit32,
): AsyncGenerator<Uint8Array> {
  const written: Written[] = [];
  let offset = 0;
  for await (const member of members) {
    const name = new TextEncoder().encode(member.name);
    const { size } = member;
    const time = dosTime(member.mtime);
    const is64 = size >= wideFrom;
    const head = [localHeader(name, size, time, is64), name];
    if (is64) head.push(fields([2, extra64], [2, 16], [8, size], [8, size]));
    let crc = 0;
    let length = 0;
    yield* head;
    for await (const chunk of await member.open()) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      if (length > size) break;
      yield chunk;
    }
    if (length !== size) throw new Error(`${member.name} changed while it was read. Try again.`);
    const wide = is64 ? 8 : 4;
    const behind = fields([4, 0x08074b50], [4, crc], [wide, size], [wide, size]);
    yield behind;
    written.push({ name, size, crc, time, offset });
    offset += head.reduce((sum, { length: bytes }) => sum + bytes, 0) + size + behind.length;
  }
  let length = 0;
  for (const entry of written) {
    for (const part of centralHeader(entry, wideFrom)) {
      length += part.length;
      yield part;
    }
  }
  yield* endOfArchive(written.length, offset, length, wideFrom);
}

/**
 * Gives each path the name of a file that no program unpacks outside of its folder: "..", empty parts
 * and backslashes are replaced, and what then has a name already gets a number.
 */
export function zipNames(): (path: string) => string {
  const taken = new Set<string>();
  return (path) => {
    const parts = path.split("/").map((part) => (part === "" || /^\.+$/.test(part) ? part.replaceAll(".", "_") || "_" : part.replaceAll("\\", "_")));
    const name = parts.join("/");
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
    taken.add(free);
    return free;
  };
}
