// GeoJSON as lines and points of a drawing, without a map below it.

export interface Shape {
  kind: "area" | "line" | "point";
  /** Of an SVG path; made of numbers only. For a point: where it is. */
  path: string;
  x: number;
  y: number;
  /** What its feature says of itself, for a title. */
  label: string;
}

export interface Drawing {
  width: number;
  height: number;
  shapes: Shape[];
  features: number;
  /** West, south, east, north, in degrees. */
  box: [number, number, number, number];
  /** There were too many points to draw them all. */
  isThinned: boolean;
}

type Json = Record<string, unknown>;
type Point = [number, number];
interface Part {
  kind: Shape["kind"];
  lines: Point[][];
  label: string;
}

const sideMax = 1000;
const pointsMax = 100_000;
const labelMax = 300;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

function toPoint(value: unknown): Point {
  if (!Array.isArray(value)) throw new Error("A position is missing.");
  const [x, y] = value as unknown[];
  if (typeof x !== "number" || typeof y !== "number" || !Number.isFinite(x) || !Number.isFinite(y)) {
    throw new Error("A position is not made of numbers.");
  }
  return [x, y];
}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const toLine = (value: unknown): Point[] => list(value).map(toPoint);

function partsOf(geometry: unknown, label: string): Part[] {
  if (!isObject(geometry)) return [];
  const at = geometry.coordinates;
  switch (geometry.type) {
    case "Point":
      return [{ kind: "point", lines: [[toPoint(at)]], label }];
    case "MultiPoint":
      return list(at).map((point) => ({ kind: "point", lines: [[toPoint(point)]], label }));
    case "LineString":
      return [{ kind: "line", lines: [toLine(at)], label }];
    case "MultiLineString":
      return [{ kind: "line", lines: list(at).map(toLine), label }];
    case "Polygon":
      return [{ kind: "area", lines: list(at).map(toLine), label }];
    case "MultiPolygon":
      return list(at).map((polygon) => ({ kind: "area", lines: list(polygon).map(toLine), label }));
    case "GeometryCollection":
      return list(geometry.geometries).flatMap((part) => partsOf(part, label));
    default:
      return [];
  }
}

function labelOf(feature: Json): string {
  const properties = isObject(feature.properties) ? Object.entries(feature.properties) : [];
  return properties
    .filter(([, value]) => value !== null && typeof value !== "object")
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join("\n")
    .slice(0, labelMax);
}

function thin(line: Point[], step: number): Point[] {
  return step <= 1 ? line : line.filter((_, index) => index % step === 0 || index === line.length - 1);
}

const tenth = (value: number) => Math.round(value * 10) / 10;

/** Throws on what is no GeoJSON, or has nothing that can be drawn. */
export function drawGeoJson(text: string): Drawing {
  const top: unknown = JSON.parse(text);
  if (!isObject(top)) throw new Error("This is not GeoJSON.");
  const features = top.type === "FeatureCollection" ? list(top.features).filter(isObject) : [top];
  const parts = features.flatMap((feature) =>
    feature.type === "Feature" ? partsOf(feature.geometry, labelOf(feature)) : partsOf(feature, ""),
  );
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  let points = 0;
  for (const part of parts) {
    for (const line of part.lines) {
      for (const [x, y] of line) {
        west = Math.min(west, x);
        east = Math.max(east, x);
        south = Math.min(south, y);
        north = Math.max(north, y);
      }
      points += line.length;
    }
  }
  if (points === 0) throw new Error("There is nothing to draw in it.");
  // A degree of longitude is as long as one of latitude at the middle of the drawing.
  const squeeze = Math.max(0.05, Math.cos((Math.min(Math.max((south + north) / 2, -89), 89) * Math.PI) / 180));
  const spanX = (east - west) * squeeze;
  const spanY = north - south;
  const scale = sideMax / (Math.max(spanX, spanY) || 1);
  const place = ([x, y]: Point): Point => [tenth((x - west) * squeeze * scale), tenth((north - y) * scale)];
  const step = Math.ceil(points / pointsMax);
  const shapes = parts.map(({ kind, lines, label }): Shape => {
    const [x, y] = place(lines[0]?.[0] ?? [west, north]);
    const path =
      kind === "point"
        ? ""
        : lines
            .map((line) => thin(line, step).map((point, index) => `${index === 0 ? "M" : "L"}${place(point).join(" ")}`).join(""))
            .map((line) => (kind === "area" && line ? `${line}Z` : line))
            .join("");
    return { kind, path, x, y, label };
  });
  return {
    width: Math.max(1, tenth(spanX * scale)),
    height: Math.max(1, tenth(spanY * scale)),
    shapes: shapes.length > pointsMax ? shapes.filter((_, index) => index % Math.ceil(shapes.length / pointsMax) === 0) : shapes,
    features: features.length,
    box: [west, south, east, north],
    isThinned: step > 1,
  };
}
