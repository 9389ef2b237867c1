// Bytes of objects as text.

export interface DecodedText {
  text: string;
  encoding: "UTF-8" | "UTF-16" | "Windows-1252";
}

/**
 * The text that bytes hold; null for what is no text. If they are not the whole of it, they may end
 * within a character. Without a mark of its encoding it is UTF-8; where that fails and `isText` says that it is text, Windows-1252.
 */
export function decodeText(bytes: Uint8Array, isText: boolean, isWhole: boolean): DecodedText | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "UTF-16" };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), encoding: "UTF-16" };
  if (bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27)) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    return { text, encoding: "UTF-8" };
  } catch {
    return isText ? { text: new TextDecoder("windows-1252").decode(bytes), encoding: "Windows-1252" } : null;
  }
}

export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * What the beginning of a gzip file unpacks to: at most `limit` bytes, however much it could become.
 * `isWhole`: that was all of it.
 */
export async function unpackStart(packed: Uint8Array<ArrayBuffer>, limit: number): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  try {
    while (length < limit) {
      const { done, value } = await reader.read();
      if (done) {
        isWhole = true;
        break;
      }
      parts.push(value);
      length += value.length;
    }
  } catch {
    // The file goes on after what was read of it.
  }
  reader.cancel().catch(() => undefined);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes: bytes.subarray(0, limit), isWhole };
}
