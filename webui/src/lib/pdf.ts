// PDF documents, drawn by a script on a canvas: the browser's own viewer would run what is in them.
import {
  getDocument, GlobalWorkerOptions, PDFDataRangeTransport, type PDFDocumentLoadingTask, type PDFDocumentProxy,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

/** Reads bytes of the file; `end` is exclusive. */
export type RangeReader = (start: number, end: number) => Promise<ArrayBuffer>;

GlobalWorkerOptions.workerSrc = workerUrl;

const chunkBytes = 256 << 10;
const pixelsMax = 8_000_000;
const textMax = 20_000;

export interface OpenPdf {
  pages: number;
  /** Draws a page so wide in pixels of the page, and gives its text. */
  draw: (page: number, canvas: HTMLCanvasElement, width: number) => Promise<string>;
  close: () => void;
}

/** Asks for the parts that pdf.js needs, no others. */
class Parts extends PDFDataRangeTransport {
  constructor(
    length: number,
    first: Uint8Array,
    private readonly read: RangeReader,
    private readonly onError: (error: unknown) => void,
  ) {
    super(length, first);
  }

  override requestDataRange(begin: number, end: number) {
    this.read(begin, end).then((bytes) => this.onDataRange(begin, new Uint8Array(bytes)), this.onError);
  }
}

/** Rejects with what is wrong, said for a reader. `size` is the file's, in bytes. */
export async function openPdf(read: RangeReader, size: number): Promise<OpenPdf> {
  const first = new Uint8Array(await read(0, Math.min(size, chunkBytes)));
  let task: PDFDocumentLoadingTask | null = null;
  const failed = new Promise<never>((_, reject) => {
    task = getDocument({
      range: new Parts(size, first, read, (error) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        void task?.destroy();
      }),
      length: size,
      rangeChunkSize: chunkBytes,
      disableAutoFetch: true,
      disableStream: true,
      isEvalSupported: false,
      enableXfa: false,
      useSystemFonts: true,
      stopAtErrors: false,
      verbosity: 0,
    } as Parameters<typeof getDocument>[0]);
  });
  const opened = task as unknown as PDFDocumentLoadingTask;
  opened.onPassword = () => {
    throw new Error("It is encrypted, and opens with a password only. Download it instead.");
  };
  try {
    const document = await Promise.race([opened.promise, failed]);
    return {
      pages: document.numPages,
      draw: (page, canvas, width) => Promise.race([drawPage(document, page, canvas, width), failed]),
      close: () => void opened.destroy(),
    };
  } catch (error) {
    void opened.destroy();
    throw error;
  }
}

async function drawPage(document: PDFDocumentProxy, number: number, canvas: HTMLCanvasElement, width: number): Promise<string> {
  const page = await document.getPage(number);
  const natural = page.getViewport({ scale: 1 });
  const wanted = width / natural.width;
  const scale = Math.min(wanted, Math.sqrt(pixelsMax / (natural.width * natural.height)));
  const viewport = page.getViewport({ scale });
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  await page.render({ canvas, viewport, annotationMode: 0 }).promise;
  const { items } = await page.getTextContent();
  const text = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
  page.cleanup();
  return text.slice(0, textMax);
}
