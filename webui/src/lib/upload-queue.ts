// Uploads some at a time, with progress, cancellation and another try. No part of the page: it tells
// listeners when something has changed.

export type UploadState = "waiting" | "sending" | "done" | "skipped" | "failed";

export interface Upload {
  readonly file: Blob;
  readonly path: string;
  readonly state: UploadState;
  readonly sent: number;
  readonly error?: string;
}

export type Sender = (
  upload: { file: Blob; path: string },
  onProgress: (sent: number) => void,
  signal: AbortSignal,
) => Promise<"sent" | "skipped">;

export interface Totals {
  bytes: number;
  sent: number;
  done: number;
  /** Left alone, as others of their names are there. */
  skipped: number;
  failed: number;
  isRunning: boolean;
  /** Bytes in a second; 0 until it is known. */
  rate: number;
}

const parallel = 5;
const rateWindowMs = 3000;

export class UploadQueue {
  private uploads: Upload[] = [];
  private readonly controller = new AbortController();
  private readonly listeners = new Set<() => void>();
  private running = 0;
  private marks: { time: number; sent: number }[] = [];

  constructor(
    private readonly send: Sender,
    private readonly now: () => number = () => performance.now(),
  ) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The same array until something changes. */
  snapshot = (): readonly Upload[] => this.uploads;

  start(files: { file: Blob; path: string }[]) {
    this.uploads = files.map(({ file, path }) => ({ file, path, state: "waiting", sent: 0 }));
    this.marks = [{ time: this.now(), sent: 0 }];
    this.fill();
  }

  retryFailed() {
    this.uploads.forEach((upload, index) => {
      if (upload.state === "failed") this.change(index, { state: "waiting", sent: 0 });
    });
    this.fill();
  }

  /** Breaks off what is being sent; what is done stays. */
  cancel() {
    this.controller.abort();
  }

  totals(): Totals {
    const totals: Totals = { bytes: 0, sent: 0, done: 0, skipped: 0, failed: 0, isRunning: false, rate: 0 };
    for (const { file, sent, state } of this.uploads) {
      totals.bytes += file.size;
      totals.sent += sent;
      if (state === "done") totals.done += 1;
      else if (state === "skipped") totals.skipped += 1;
      else if (state === "failed") totals.failed += 1;
      else totals.isRunning = true;
    }
    const now = this.now();
    while (this.marks.length > 1 && now - (this.marks[0]?.time ?? 0) > rateWindowMs) this.marks.shift();
    const first = this.marks[0];
    if (first && now > first.time) totals.rate = Math.max(0, ((totals.sent - first.sent) * 1000) / (now - first.time));
    this.marks.push({ time: now, sent: totals.sent });
    return totals;
  }

  private fill() {
    for (let index = 0; index < this.uploads.length && this.running < parallel; index++) {
      if (this.uploads[index]?.state === "waiting") void this.run(index);
    }
    this.tell();
  }

  private async run(index: number) {
    const upload = this.uploads[index];
    if (!upload || this.controller.signal.aborted) return;
    this.running += 1;
    this.change(index, { state: "sending" });
    try {
      const result = await this.send(
        upload,
        (sent) => {
          this.change(index, { sent });
          this.tell();
        },
        this.controller.signal,
      );
      this.change(index, { state: result === "skipped" ? "skipped" : "done", sent: upload.file.size });
    } catch (error) {
      this.change(index, { state: "failed", error: error instanceof Error ? error.message : String(error) });
    }
    this.running -= 1;
    this.fill();
  }

  private change(index: number, change: Partial<Upload>) {
    this.uploads = this.uploads.map((upload, other) => (other === index ? { ...upload, ...change } : upload));
  }

  private tell() {
    for (const listener of this.listeners) listener();
  }
}
