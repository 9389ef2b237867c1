// Sending bytes with progress; XMLHttpRequest, since only that tells how much was sent.

export interface Sent {
  status: number;
  text: string;
  header: (name: string) => string | null;
}

/** No answer came: the connection broke off, or the browser may not reach the server. */
export class Unreachable extends Error {
  constructor() {
    super("The connection broke off. Try again.");
  }
}

export function sendBytes(
  method: string,
  url: string,
  body: Blob | FormData,
  headers: Record<string, string>,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    const abort = () => request.abort();
    const end = (act: () => void) => () => {
      signal.removeEventListener("abort", abort);
      act();
    };
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = end(() =>
      resolve({ status: request.status, text: request.responseText, header: (name) => request.getResponseHeader(name) }),
    );
    request.onerror = end(() => reject(new Unreachable()));
    request.onabort = end(() => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", abort);
    request.send(body);
  });
}
