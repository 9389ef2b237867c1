// Bytes of the object that is shown.
import { queryOptions } from "@tanstack/react-query";
import { readStart } from "../../api/objects";
import { type DecodedText, decodeText, isGzip, unpackStart } from "../../lib/text-bytes";

export interface ShownObject {
  repository: string;
  /** A branch, a tag or a commit. */
  branch: string;
  path: string;
  contentType: string;
  /** In bytes. */
  size: number;
}

export interface Start {
  bytes: Uint8Array<ArrayBuffer>;
  isWhole: boolean;
}

/** The first bytes of an object. */
export const startQuery = ({ repository, branch, path }: ShownObject, wanted: number) =>
  queryOptions({
    queryKey: ["objects", repository, branch, "start", path, wanted],
    queryFn: ({ signal }): Promise<Start> => readStart(repository, branch, path, wanted, signal),
    staleTime: 60_000,
  });

export interface TextStart extends DecodedText {
  isWhole: boolean;
  /** It was unpacked. */
  isPacked: boolean;
}

/** The first text of an object, also of one packed by gzip; null if it is no text. */
export const textQuery = (object: ShownObject, wanted: number, isText: boolean) => {
  const { repository, branch, path } = object;
  return queryOptions({
    queryKey: ["objects", repository, branch, "text", path, wanted, isText],
    queryFn: async ({ signal }): Promise<TextStart | null> => {
      const start = await readStart(repository, branch, path, wanted, signal);
      const isPacked = isGzip(start.bytes);
      const unpacked = isPacked ? await unpackStart(start.bytes, wanted) : start;
      const decoded = decodeText(unpacked.bytes, isText, unpacked.isWhole);
      return decoded && { ...decoded, isWhole: unpacked.isWhole, isPacked };
    },
    staleTime: 60_000,
  });
};
