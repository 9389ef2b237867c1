import { describe, expect, it } from "vitest";
import { type Sender, UploadQueue } from "./upload-queue";

const files = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ file: new Blob(["12345"]), path: `f${index}` }));
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("UploadQueue", () => {
  it("sends five at a time and all in the end", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    let running = 0;
    const queue = new UploadQueue(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => waiting.push(resolve));
      running -= 1;
      return "sent" as const;
    });
    queue.start(files(12));
    while (queue.totals().isRunning) {
      waiting.shift()?.();
      await settle();
    }
    expect(most).toBe(5);
    expect(queue.totals()).toMatchObject({ done: 12, failed: 0, bytes: 60, sent: 60 });
  });

  it("counts what was skipped apart", async () => {
    const queue = new UploadQueue(({ path }) => Promise.resolve(path === "f1" ? "skipped" : "sent"));
    queue.start(files(3));
    await settle();
    expect(queue.totals()).toMatchObject({ done: 2, skipped: 1, failed: 0, isRunning: false, sent: 15 });
  });

  it("tries what failed again, and nothing else", async () => {
    const sent: string[] = [];
    let isBroken = true;
    const send: Sender = ({ path }) => {
      sent.push(path);
      return path === "f1" && isBroken ? Promise.reject(new Error("broken")) : Promise.resolve("sent");
    };
    const queue = new UploadQueue(send);
    queue.start(files(3));
    await settle();
    expect(queue.snapshot()[1]).toMatchObject({ state: "failed", error: "broken" });
    isBroken = false;
    queue.retryFailed();
    await settle();
    expect(sent).toEqual(["f0", "f1", "f2", "f1"]);
    expect(queue.totals()).toMatchObject({ done: 3, failed: 0 });
  });

  it("tells the rate of the last seconds", async () => {
    let time = 0;
    let progress: (sent: number) => void = () => undefined;
    const queue = new UploadQueue(
      (_, onProgress) => {
        progress = onProgress;
        return new Promise(() => undefined);
      },
      () => time,
    );
    queue.start([{ file: new Blob(["x".repeat(1000)]), path: "a" }]);
    await settle();
    time = 1000;
    progress(500);
    expect(queue.totals().rate).toBe(500);
  });

  it("stops when it is cancelled", async () => {
    let count = 0;
    const queue = new UploadQueue((_, __, signal) => {
      count += 1;
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cancelled"))));
    });
    queue.start(files(9));
    queue.cancel();
    await settle();
    expect(count).toBe(5);
  });
});
