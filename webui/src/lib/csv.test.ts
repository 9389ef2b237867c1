import { describe, expect, it } from "vitest";
import { csvTable, guessSeparator, jsonLinesTable, parseCsv } from "./csv";

describe("parseCsv", () => {
  it("reads quotes, line breaks in fields and both line ends", () => {
    expect(parseCsv('a,b\r\n"x ""y""","1\n2"\n,\n', ",", 10)).toEqual([
      ["a", "b"],
      ['x "y"', "1\n2"],
      ["", ""],
    ]);
  });

  it("reads tabs, a last line without an end, and no more than it is told", () => {
    expect(parseCsv("a\tb\nc\td", "\t", 10)).toEqual([["a", "b"], ["c", "d"]]);
    expect(parseCsv("1\n2\n3\n", ",", 2)).toEqual([["1"], ["2"]]);
    expect(parseCsv("", ",", 2)).toEqual([]);
  });

  it("guesses what separates fields, quotes aside", () => {
    expect(["a,b", "a;b;c", 'a\tb', '"a,b,c";d', "a|b", "alone"].map(guessSeparator)).toEqual([",", ";", "\t", ";", "|", ","]);
  });
});

describe("csvTable", () => {
  it("names columns by the first row and is as wide as the widest", () => {
    expect(csvTable("a,b\n1,2,3\n", ",", 10, true)).toEqual({ columns: ["a", "b", ""], rows: [["1", "2", "3"]], isCut: false });
  });

  it("leaves out a row that was cut", () => {
    expect(csvTable("a\n1\n22", ",", 10, false)).toEqual({ columns: ["a"], rows: [["1"]], isCut: true });
    expect(csvTable("a\n1\n2\n3\n", ",", 2, true)).toEqual({ columns: ["a"], rows: [["1"], ["2"]], isCut: true });
    expect(csvTable("a\n1\n2\n", ",", 2, true).isCut).toBe(false);
  });
});

describe("jsonLinesTable", () => {
  it("has a column for each key that was seen", () => {
    expect(jsonLinesTable('{"a":1}\n\n{"b":{"c":[1,null]},"a":null}\n[1]\n', 10, true)).toEqual({
      columns: ["a", "b", "value"],
      rows: [
        ["1", null, null],
        [null, '{"c":[1,null]}', null],
        [null, null, "[1]"],
      ],
      isCut: false,
    });
  });

  it("keeps long numbers as they were written", () => {
    const line = '{"id":12345678901234567891,"a":-1234567890123456789,"b":0.12345678901234567890,"c":"\\"1234567890123456789"}';
    expect(jsonLinesTable(line, 10, true).rows).toEqual([
      ["12345678901234567891", "-1234567890123456789", "0.12345678901234568", '"1234567890123456789'],
    ]);
  });

  it("leaves out a line that was cut, and tells of one that is wrong", () => {
    expect(jsonLinesTable('{"a":1}\n{"a":', 10, false)).toEqual({ columns: ["a"], rows: [["1"]], isCut: true });
    expect(() => jsonLinesTable('{"a":1}\n{a}\n', 10, true)).toThrow("Line 2 is not JSON.");
  });
});
