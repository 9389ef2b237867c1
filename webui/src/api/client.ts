// One way to call the server's API: same origin, the session's cookie, errors as ApiError.

const base = "/api/v1";
const sessionEnded = "error authenticating request";
export const clientHeader = { "X-Lakefs-Client": "lakefs-webui/tarn" };

export type Query = Record<string, string | number | boolean | undefined>;

/** An answer that is no success; `message` is the server's own text. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.status);
}

let onSessionEnd: () => void = () => undefined;

/** What is done when the server says that nobody is logged in any more. */
export function setOnSessionEnd(action: () => void) {
  onSessionEnd = action;
}

export function apiUrl(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return base + path + (text ? `?${text}` : "");
}

/** The error that an answer tells about, from its status and body. */
export function errorOf(status: number, body: string): ApiError {
  let message = body.trim();
  try {
    const parsed = JSON.parse(body) as { message?: unknown };
    if (typeof parsed.message === "string") message = parsed.message;
  } catch {
    // Not JSON: the text itself says what is wrong.
  }
  if (status === 401 && message === sessionEnded) onSessionEnd();
  return new ApiError(status, message || `The server answered with status ${status}.`);
}

export interface Call {
  method?: string;
  query?: Query;
  json?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** The answer of a call that was a success. */
export async function send(path: string, call: Call = {}): Promise<Response> {
  const headers: Record<string, string> = { ...clientHeader, ...call.headers };
  const request: RequestInit = { method: call.method ?? "GET", headers, credentials: "same-origin" };
  if (call.signal) request.signal = call.signal;
  if (call.json !== undefined) {
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(call.json);
  }
  let response: Response;
  try {
    response = await fetch(apiUrl(path, call.query), request);
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ApiError(0, "The server cannot be reached. Check that it runs and try again.");
  }
  if (!response.ok) throw errorOf(response.status, await response.text());
  return response;
}

/** The JSON of an answer. */
export async function get<Value>(path: string, call: Call = {}): Promise<Value> {
  return (await (await send(path, call)).json()) as Value;
}

/** A path with its parts encoded: at`/repositories/${id}`. */
export function at(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? "") + part);
}
