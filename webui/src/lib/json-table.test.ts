import { describe, expect, it } from "vitest";
import { jsonTable } from "./json-table";

const missing = "\u{E000}";
const types = (text: string) => /columns=\{(.*)\}\)$/.exec(jsonTable(text).query("f"))?.[1];

describe("JSON as a table", () => {
  it("takes arrays, lines and single values", () => {
    for (const text of ['[{"a":1},{"b":"x"}]', '{"a":1}\n\n{"b":"x"}\n']) {
      expect(jsonTable(text).csv).toBe(`"1",${missing}\n${missing},"x"\n`);
    }
    expect(jsonTable('{"a":null}').csv).toBe(`${missing}\n`);
    expect(jsonTable("[1,2]").csv).toBe('"1"\n"2"\n');
  });

  it("knows the types", () => {
    expect(types('[{"i":1,"d":1,"b":true,"t":"1","n":null,"m":1,"x":1}, {"i":-2,"d":1.5,"b":null,"m":"a","x":true}]')).toBe(
      `"i": 'BIGINT', "d": 'DOUBLE', "b": 'BOOLEAN', "t": 'VARCHAR', "n": 'VARCHAR', "m": 'VARCHAR', "x": 'VARCHAR'`,
    );
  });

  it("keeps long whole numbers, also within others", () => {
    const table = jsonTable('[{"a":-123456789012345678,"h":12345678901234567890,"n":[12345678901234567890]}]');
    expect(table.csv).toBe('"-123456789012345678","12345678901234567890","[12345678901234567890]"\n');
    expect(table.query("f")).toContain(`"a": 'BIGINT', "h": 'HUGEINT', "n": 'VARCHAR'`);
  });

  it("quotes what needs it, and tells an empty text from none", () => {
    const table = jsonTable('[{"a\\"b":"x\\"\\n,y","e":"","o":{"k":[1]}}]');
    expect(table.csv).toBe('"x""\n,y","","{""k"":[1]}"\n');
    expect(table.query("it's")).toContain(`read_csv('it''s'`);
    expect(table.query("f")).toContain(`"a""b": 'VARCHAR'`);
  });

  it("gives columns names of their own whose names differ in case only", () => {
    expect(types('{"a":1,"A":2}')).toBe(`"a": 'BIGINT', "A_1": 'BIGINT'`);
  });

  it("says what is wrong", () => {
    expect(() => jsonTable('{"a":1}\noh')).toThrow("Line 2 is not JSON.");
    expect(() => jsonTable("{oh")).toThrow();
    expect(() => jsonTable("[]")).toThrow("no rows");
  });
});
