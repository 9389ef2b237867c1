// The codecs of Parquet beside Snappy, which its reader has. Loaded for a file that needs one.
import { decompressBrotli, decompressGzip, decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
import type { Compressors } from "hyparquet";

export const codecs: Compressors = {
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  ZSTD: (packed) => decompressZstd(packed),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};
