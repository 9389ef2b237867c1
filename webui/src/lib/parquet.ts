// Parquet files: what the footer tells, and the first rows, by reading only the bytes that are needed.
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
  type Statistics,
} from "hyparquet";
import { type Cell, formatCell } from "./cells";

/** Reads bytes of a file; `end` is exclusive. */
export type RangeReader = (start: number, end: number) => Promise<ArrayBuffer>;

export interface ParquetColumn {
  /** Of a nested column with the names above it, parted by dots. */
  name: string;
  type: string;
  isRequired: boolean;
  /** Over all row groups; null where the writer left it out. */
  nulls: number | null;
  min: Cell;
  max: Cell;
  packedBytes: number;
  unpackedBytes: number;
  codecs: string[];
  encodings: string[];
}

export interface ParquetFile {
  rows: number;
  rowGroups: number;
  createdBy: string;
  columns: ParquetColumn[];
  /** Columns as rows have them: a nested one is one value. */
  topColumns: string[];
  metadata: [key: string, value: string][];
  readRows: (wanted: number) => Promise<ParquetRows>;
}

export interface ParquetRows {
  columns: string[];
  rows: Cell[][];
  /** Columns whose first rows would take too much to read. */
  leftOut: string[];
}

export interface ReadLimits {
  /** Up to so many bytes a file is read at once: one answer is sooner there than several. */
  whole: number;
  /** What is read of a column, at first and as long as that was not enough. */
  flat: number[];
  /** The same for nested ones: above 2 MiB, below which its parts are read together and must not be cut. */
  nested: number[];
}

const defaultLimits: ReadLimits = { whole: 2 << 20, flat: [256 << 10, 2 << 20, 16 << 20], nested: [3 << 20, 16 << 20] };
const shownColumnsMax = 50;

/** Throws on what is no Parquet file. `size` is the file's, in bytes. */
export async function openParquet(read: RangeReader, size: number, limits = defaultLimits): Promise<ParquetFile> {
  const file = await bufferOf(read, size, limits);
  const footer = await parquetMetadataAsync(file);
  const schema = parquetSchema(footer);
  return {
    rows: Number(footer.num_rows),
    rowGroups: footer.row_groups.length,
    createdBy: footer.created_by ?? "",
    columns: columnsOf(footer, schema),
    topColumns: schema.children.map(({ element }) => element.name),
    metadata: (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""]),
    readRows: (wanted) => readRows(file, footer, schema, wanted, limits),
  };
}

async function bufferOf(read: RangeReader, size: number, limits: ReadLimits): Promise<AsyncBuffer> {
  if (size > limits.whole) return { byteLength: size, slice: (start, end = size) => read(start, end) };
  const whole = await read(0, size);
  return { byteLength: whole.byteLength, slice: (start, end) => whole.slice(start, end) };
}

/** Reads no more than `limit` bytes of anything: of a long column, its beginning. `wasCut` tells of it. */
function bounded(file: AsyncBuffer, limit: number) {
  return {
    byteLength: file.byteLength,
    wasCut: false,
    slice(start: number, end = file.byteLength) {
      this.wasCut ||= end - start > limit;
      return file.slice(start, Math.min(end, start + limit));
    },
  };
}

async function compressorsFor(footer: FileMetaData): Promise<Compressors> {
  const builtIn = new Set(["UNCOMPRESSED", "SNAPPY"]);
  const codecs = footer.row_groups[0]?.columns.map(({ meta_data }) => meta_data?.codec ?? "UNCOMPRESSED") ?? [];
  return codecs.every((codec) => builtIn.has(codec)) ? {} : (await import("./parquet-codecs")).codecs;
}

async function readRows(
  file: AsyncBuffer,
  footer: FileMetaData,
  schema: SchemaTree,
  wanted: number,
  limits: ReadLimits,
): Promise<ParquetRows> {
  const compressors = await compressorsFor(footer);
  const shown = schema.children.slice(0, shownColumnsMax);
  const count = Math.min(wanted, Number(footer.num_rows));
  const read = async (part: AsyncBuffer, column: string): Promise<Cell[]> => {
    const scan = await parquetScan({ file: part, metadata: footer, columns: [column], rowEnd: count, compressors, utf8: false });
    const cells: Cell[] = [];
    for (const range of scan.ranges) {
      const values = await scan.readColumn({ column, ...range });
      for (const value of values as Iterable<unknown>) cells.push(formatCell(value));
    }
    if (cells.length !== count) throw new Error(`${column} has fewer values than rows`);
    return cells;
  };
  const readEnough = async ({ element, children }: SchemaTree): Promise<Cell[] | null> => {
    for (const limit of children.length > 0 ? limits.nested : limits.flat) {
      const part = bounded(file, limit);
      try {
        return await read(part, element.name);
      } catch (error) {
        // A column that was cut within a page looks broken in many ways.
        if (!part.wasCut) throw error;
      }
    }
    return null;
  };
  const columns = await Promise.all(shown.map(readEnough));
  const names = shown.map(({ element }) => element.name);
  return {
    columns: names,
    rows: Array.from({ length: count }, (_, row) => columns.map((cells) => cells?.[row] ?? null)),
    leftOut: names.filter((_, index) => columns[index] === null),
  };
}

function* leaves(tree: SchemaTree): Generator<SchemaTree> {
  if (tree.children.length === 0) yield tree;
  for (const child of tree.children) yield* leaves(child);
}

function columnsOf(footer: FileMetaData, schema: SchemaTree): ParquetColumn[] {
  return [...leaves(schema)].map(({ element, path }, index) => {
    const chunks = footer.row_groups
      .map(({ columns }) => columns[index]?.meta_data)
      .filter((chunk): chunk is ColumnMetaData => chunk !== undefined);
    return {
      name: path.join("."),
      type: typeName(element),
      isRequired: element.repetition_type === "REQUIRED",
      nulls: sum(chunks.map(({ statistics }) => statistics?.null_count)),
      min: extreme(element, chunks, "min"),
      max: extreme(element, chunks, "max"),
      packedBytes: sum(chunks.map((chunk) => chunk.total_compressed_size)) ?? 0,
      unpackedBytes: sum(chunks.map((chunk) => chunk.total_uncompressed_size)) ?? 0,
      codecs: [...new Set(chunks.map(({ codec }) => codec))],
      encodings: [...new Set(chunks.flatMap(({ encodings }) => encodings))],
    };
  });
}

function sum(values: (bigint | undefined)[]): number | null {
  let total = 0n;
  for (const value of values) {
    if (value === undefined) return null;
    total += value;
  }
  return values.length > 0 ? Number(total) : null;
}

const isText = ({ logical_type, converted_type }: SchemaElement) =>
  ["STRING", "ENUM", "JSON"].includes(logical_type?.type ?? "") || ["UTF8", "ENUM", "JSON"].includes(converted_type ?? "");

/** The least or greatest value over all row groups, if each says its own. */
function extreme(element: SchemaElement, chunks: ColumnMetaData[], which: "min" | "max"): Cell {
  const isBytes = element.type === "BYTE_ARRAY" || element.type === "FIXED_LEN_BYTE_ARRAY";
  // Bytes that are no text would need their own way to be shown.
  if ((isBytes && !isText(element)) || element.type === "INT96") return null;
  let found: NonNullable<Statistics["min"]> | null = null;
  let isCut = false;
  for (const { statistics, num_values } of chunks) {
    // A group with nothing but nulls has no extremes.
    if (statistics?.null_count === num_values) continue;
    // The older fields ordered bytes in an unknown way.
    const value = statistics?.[`${which}_value`] ?? (isBytes ? undefined : statistics?.[which]);
    if (value === undefined) return null;
    if (found === null || (which === "min" ? value < found : value > found)) found = value;
    isCut ||= statistics?.[`is_${which}_value_exact`] === false;
  }
  const cell = formatCell(found);
  return cell !== null && isCut ? `${cell}…` : cell;
}

const units = { MILLIS: "ms", MICROS: "µs", NANOS: "ns" };
const physicalNames: Record<string, string> = {
  BOOLEAN: "boolean",
  INT32: "int32",
  INT64: "int64",
  INT96: "timestamp (ns, int96)",
  FLOAT: "float",
  DOUBLE: "double",
  BYTE_ARRAY: "bytes",
};

/** "int64", "string", "decimal(10, 2)", "timestamp (µs, UTC)". */
export function typeName({ type = "BYTE_ARRAY", type_length, logical_type: logical, converted_type: converted, precision, scale }: SchemaElement): string {
  switch (logical?.type) {
    case "DECIMAL":
      return `decimal(${logical.precision}, ${logical.scale})`;
    case "TIMESTAMP":
      return `timestamp (${units[logical.unit]}${logical.isAdjustedToUTC ? ", UTC" : ""})`;
    case "TIME":
      return `time (${units[logical.unit]})`;
    case "INTEGER":
      return `${logical.isSigned ? "" : "u"}int${logical.bitWidth}`;
  }
  if (logical) return logical.type.toLowerCase();
  if (converted === "DECIMAL") return `decimal(${precision ?? 0}, ${scale ?? 0})`;
  if (converted === "UTF8") return "string";
  if (converted?.startsWith("TIMESTAMP_") || converted?.startsWith("TIME_")) {
    const [kind = "", unit = ""] = converted.split("_");
    return `${kind.toLowerCase()} (${units[unit as keyof typeof units]})`;
  }
  if (converted) return converted.toLowerCase().replace("_", "");
  if (type === "FIXED_LEN_BYTE_ARRAY") return `bytes[${type_length ?? 0}]`;
  return physicalNames[type] ?? type.toLowerCase();
}
