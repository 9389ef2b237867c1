import { describe, expect, it } from "vitest";
import { drawGeoJson } from "./geojson";

const draw = (value: unknown) => drawGeoJson(JSON.stringify(value));
const feature = (geometry: unknown, properties: unknown = null) => ({ type: "Feature", geometry, properties });

describe("drawGeoJson", () => {
  it("draws areas with holes, lines and points; north is up", () => {
    const { shapes, features, box, width, height } = draw({
      type: "FeatureCollection",
      features: [
        feature({ type: "Polygon", coordinates: [[[0, -10], [10, -10], [10, 10], [0, -10]], [[1, 0], [2, 0], [2, 1], [1, 0]]] }, { name: "A", n: 1, x: {} }),
        feature({ type: "LineString", coordinates: [[0, 10], [0, -10]] }),
        feature({ type: "MultiPoint", coordinates: [[0, 10], [10, 0, 99]] }),
      ],
    });
    expect(features).toBe(3);
    expect(box).toEqual([0, -10, 10, 10]);
    expect([width, height]).toEqual([500, 1000]);
    expect(shapes[0]).toMatchObject({ kind: "area", label: "name: A\nn: 1" });
    expect(shapes[0]?.path).toBe("M0 1000L500 1000L500 0L0 1000ZM50 500L100 500L100 450L50 500Z");
    expect(shapes[1]).toMatchObject({ kind: "line", path: "M0 0L0 1000" });
    expect(shapes.slice(2).map(({ kind, x, y }) => [kind, x, y])).toEqual([["point", 0, 0], ["point", 500, 500]]);
  });

  it("draws a single point and nested geometries", () => {
    expect(draw({ type: "Point", coordinates: [5, 5] }).shapes).toHaveLength(1);
    expect(draw(feature({ type: "GeometryCollection", geometries: [{ type: "Point", coordinates: [1, 2] }, { type: "MultiLineString", coordinates: [[[0, 0], [1, 1]]] }] })).shapes.map(({ kind }) => kind)).toEqual(["point", "line"]);
  });

  it("draws fewer points of very many", () => {
    const coordinates = Array.from({ length: 250_000 }, (_, index) => [index / 1000, Math.sin(index)]);
    const { isThinned, shapes } = draw({ type: "LineString", coordinates });
    expect(isThinned).toBe(true);
    expect(shapes[0]?.path.split("L").length).toBeLessThan(100_002);
  });

  it.each([
    ["a text in place of a number", { type: "Point", coordinates: ["1\"/><script>", 2] }],
    ["nothing", { type: "FeatureCollection", features: [] }],
    ["another kind of JSON", { a: 1 }],
    ["a list", []],
    ["a point without a place", { type: "Point" }],
  ])("refuses %s", (_, value) => {
    expect(() => draw(value)).toThrow();
  });
});
