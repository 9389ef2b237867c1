// Ways that a file takes to a branch: whole or in parts, through the server or straight to the store.
import type { PartTarget } from "../lib/upload-parts";
import { ApiError, apiUrl, at, clientHeader, errorOf, get, send } from "./client";
import { sendBytes, type Sent } from "./transfer";

export interface Target {
  repository: string;
  branch: string;
  path: string;
  /** Fails with status 412 where an object is there already. */
  isNew: boolean;
}

type OnProgress = (sent: number) => void;

const condition = (isNew: boolean): Record<string, string> => (isNew ? { "If-None-Match": "*" } : {});

/** Through the server. */
export async function uploadObject({ repository, branch, path, isNew }: Target, file: Blob, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  const form = new FormData();
  form.append("content", file);
  const url = apiUrl(at`/repositories/${repository}/branches/${branch}/objects`, { path });
  const headers = { ...clientHeader, ...condition(isNew) };
  const answer = await sendBytes("POST", url, form, headers, (sent) => onProgress(Math.min(sent, file.size)), signal);
  if (answer.status !== 201) throw errorOf(answer.status, answer.text);
}

/** Straight to the store. */
async function sendToStore(url: string, bytes: Blob, headers: Record<string, string>, onProgress: OnProgress, signal: AbortSignal): Promise<Sent> {
  const answer = await sendBytes("PUT", url, bytes, headers, onProgress, signal);
  if (answer.status >= 300) throw storeError(answer);
  return answer;
}

function tagOf({ header }: Sent): string {
  const tag = header("ETag");
  if (!tag) throw new Error("The store does not show the entity tag: its CORS rules must expose ETag.");
  return tag.replace(/^"|"$/g, "");
}

/** Straight to the store, by a URL that the server has signed. */
export async function uploadToStore(
  { repository, branch, path, isNew }: Target,
  file: Blob,
  isAzure: boolean,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const backing = at`/repositories/${repository}/branches/${branch}/staging/backing`;
  const staging = await get<{ presigned_url?: string }>(backing, { query: { path, presign: true }, signal });
  const headers: Record<string, string> = isAzure ? { "x-ms-blob-type": "BlockBlob" } : {};
  const answer = await sendToStore(staging.presigned_url ?? "", file, headers, onProgress, signal);
  const checksum = (isAzure ? answer.header("Content-MD5") : null) ?? tagOf(answer);
  await send(backing, {
    method: "PUT",
    query: { path },
    headers: condition(isNew),
    json: { staging, checksum, size_bytes: file.size, ...(file.type && { content_type: file.type }) },
    signal,
  });
}

interface StoreUpload {
  upload_id: string;
  physical_address: string;
}

/** Parts that go straight to the store. It replaces what is there. */
export function partsToStore({ repository, branch, path }: Target, type: string): PartTarget {
  const uploads = at`/repositories/${repository}/branches/${branch}/staging/pmpu`;
  const one = ({ upload_id }: StoreUpload) => uploads + at`/${upload_id}`;
  const target: PartTarget<StoreUpload> = {
    begin: async () => {
      const { upload_id, physical_address } = await get<StoreUpload>(uploads, { method: "POST", query: { path } });
      return { upload_id, physical_address };
    },
    send: async (upload, number, part, onProgress, signal) => {
      const { presigned_url } = await get<{ presigned_url: string }>(`${one(upload)}/parts/${number}`, {
        method: "PUT",
        query: { path },
        json: { physical_address: upload.physical_address },
        signal,
      });
      return tagOf(await sendToStore(presigned_url, part, {}, onProgress, signal));
    },
    complete: async (upload, tags) => {
      const parts = tags.map((etag, index) => ({ part_number: index + 1, etag }));
      await send(one(upload), {
        method: "PUT",
        query: { path },
        json: { physical_address: upload.physical_address, parts, ...(type && { content_type: type }) },
      });
    },
    abort: async (upload) => {
      await send(one(upload), { method: "DELETE", query: { path }, json: { physical_address: upload.physical_address } });
    },
  };
  return target as PartTarget;
}

// The gateway takes the session's cookie, but only of what looks like a request of S3.
const gatewayHeaders = {
  Authorization:
    "AWS4-HMAC-SHA256 Credential=use_swagger_credentials/20250101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
  "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
};

/** Whether the gateway's addresses can name the path: a browser would take "." and ".." out of them. */
export const isAddressable = (path: string) => path.split("/").every((part) => part !== "." && part !== "..");

/** Parts that go through the server, by its S3 gateway. */
export function partsToGateway({ repository, branch, path, isNew }: Target, type: string): PartTarget {
  const place = `/${[repository, branch, ...path.split("/")].map(encodeURIComponent).join("/")}`;
  const call = async (method: string, query: string, body: Blob, headers: Record<string, string> = {}, more?: { onProgress: OnProgress; signal: AbortSignal }) => {
    const { onProgress = () => undefined, signal = new AbortController().signal } = more ?? {};
    const answer = await sendBytes(method, `${place}?${query}`, body, { ...gatewayHeaders, ...headers }, onProgress, signal);
    // A completion that takes long is answered before it has failed.
    if (answer.status >= 300 || answer.text.includes("<Error>")) throw storeError(answer);
    return answer;
  };
  const part = (id: string, number: number) => new URLSearchParams({ partNumber: String(number), uploadId: id }).toString();
  const upload = (id: string) => new URLSearchParams({ uploadId: id }).toString();
  const target: PartTarget<string> = {
    begin: async () => {
      const { text } = await call("POST", "uploads", new Blob([]), type ? { "Content-Type": type } : {});
      const id = /<UploadId>([^<]+)<\/UploadId>/.exec(text)?.[1];
      if (!id) throw new Error("The server began no upload.");
      return id;
    },
    send: async (id, number, bytes, onProgress, signal) =>
      (await call("PUT", part(id, number), bytes, {}, { onProgress, signal })).header("ETag") ?? "",
    complete: async (id, tags) => {
      const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag.replaceAll('"', "&quot;")}</ETag></Part>`);
      await call("POST", upload(id), new Blob([`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`]), condition(isNew));
    },
    abort: async (id) => {
      await call("DELETE", upload(id), new Blob([]));
    },
  };
  return target as PartTarget;
}

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** What a store or the gateway says in XML. */
function storeError({ status, text }: Sent): ApiError {
  const escaped = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  const message = escaped?.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replace(/&(lt|gt|quot|apos|amp);/g, (_, name: keyof typeof entities) => entities[name]);
  return new ApiError(status < 300 ? 500 : status, message ?? `The store answered with status ${status}.`);
}
