// Sends one file of an upload, by the best way that the store has.
import { isStatus } from "../../api/client";
import { hasObject } from "../../api/objects";
import { Unreachable } from "../../api/transfer";
import type { StorageConfig } from "../../api/types";
import { isAddressable, partsToGateway, partsToStore, type Target, uploadObject, uploadToStore } from "../../api/uploads";
import { browserKeeper, partsFromBytes, sendInParts } from "../../lib/upload-parts";
import type { Sender } from "../../lib/upload-queue";

/** What becomes of a file whose name an object has already. */
export type Conflict = "replace" | "skip";

export interface Destination {
  repository: string;
  branch: string;
  storage: StorageConfig | undefined;
}

/** Senders know of each other's failures: make one for all files that go together. */
export function senderTo({ repository, branch, storage }: Destination, conflict: Conflict): Sender {
  const isNew = conflict === "skip";
  // Not where the browser cannot reach the store: its CORS rules have to admit our origin.
  let isDirect = storage?.pre_sign_support_ui ?? false;

  const sendParts = async (target: Target, file: Blob, onProgress: (sent: number) => void, signal: AbortSignal) => {
    const isToStore = isDirect && !isNew && (storage?.pre_sign_multipart_upload ?? false);
    const named = file instanceof File ? `${file.size}:${file.lastModified}` : String(file.size);
    const keeper = browserKeeper(`${isToStore ? "store" : "gateway"}:${repository}/${branch}/${target.path}:${named}`);
    const parts = isToStore ? partsToStore(target, file.type) : partsToGateway(target, file.type);
    await sendInParts(file, parts, keeper, onProgress, signal);
  };
  const sendWhole = (target: Target, file: Blob, onProgress: (sent: number) => void, signal: AbortSignal) =>
    isDirect
      ? uploadToStore(target, file, storage?.blockstore_type === "azure", onProgress, signal)
      : uploadObject(target, file, onProgress, signal);

  return async ({ file, path }, onProgress, signal) => {
    const target = { repository, branch, path, isNew };
    const isLarge = file.size >= partsFromBytes && isAddressable(path);
    try {
      // Rather than when all of it was sent.
      if (isLarge && isNew && (await hasObject(repository, branch, path, signal))) return "skipped";
      const sendIt = isLarge ? sendParts : sendWhole;
      const wasDirect = isDirect;
      try {
        await sendIt(target, file, onProgress, signal);
      } catch (error) {
        if (!wasDirect || !(error instanceof Unreachable)) throw error;
        isDirect = false;
        await sendIt(target, file, onProgress, signal);
      }
      return "sent";
    } catch (error) {
      if (isNew && isStatus(error, 412)) return "skipped";
      throw error;
    }
  };
}
