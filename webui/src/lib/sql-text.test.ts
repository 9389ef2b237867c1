import { describe, expect, it } from "vitest";
import { isPattern, patternExpression, patternPrefix, placeOf, replaced, sqlName, sqlText, statementsOf } from "./sql-text";

describe("statements", () => {
  it("end at semicolons that are no part of a text, a name or a comment", () => {
    const sql = `-- one; two\nSELECT ';' AS "a;b" /* ; */; ; copy x to $$a;b$$;select E'it\\'s;'`;
    expect(statementsOf(sql).map(({ text, verb }) => [verb, text])).toEqual([
      ["select", `SELECT ';' AS "a;b" /* ; */`],
      ["copy", "copy x to $$a;b$$"],
      ["select", "select E'it\\'s;'"],
    ]);
  });

  it("of nothing are none", () => expect(statementsOf(" ;\n-- only a remark\n")).toEqual([]));

  it("name objects that are read and written", () => {
    const sql = `/* not 'lakefs://r/m/no' */ COPY (SELECT 'lakefs:/x' FROM 'lakefs://r/main/it''s.csv' JOIN "lakefs://r/main/b.parquet") TO 'lakefs://r/dev/out.parquet'`;
    const [statement] = statementsOf(sql);
    expect(statement?.names.map(({ uri, use, isTable }) => [uri, use, isTable])).toEqual([
      ["lakefs://r/main/it's.csv", "read", true],
      ["lakefs://r/main/b.parquet", "read", true],
      ["lakefs://r/dev/out.parquet", "write", false],
    ]);
    const [first] = statement?.names ?? [];
    expect(statement?.text.slice(first?.start, first?.end)).toBe("'lakefs://r/main/it''s.csv'");
  });

  it("know calls that read JSON, and no others", () => {
    const sql = "select * from read_json_auto ( 'lakefs://r/m/a.json' ), read_csv('lakefs://r/m/a.csv'), read_json('lakefs://r/m/b.json', lines=true)";
    const names = statementsOf(sql)[0]?.names ?? [];
    expect(names.map(({ jsonCall }) => jsonCall && sql.slice(jsonCall.start, jsonCall.end))).toEqual([
      "read_json_auto ( 'lakefs://r/m/a.json' )",
      undefined,
      undefined,
    ]);
  });

  it("take an unended text as it comes", () => expect(statementsOf("select 'a; b")).toHaveLength(2));
});

it("replaces parts of a text", () => {
  expect(replaced("abcdef", [{ start: 1, end: 2, by: "XX" }, { start: 4, end: 6, by: "" }])).toBe("aXXcd");
});

it("finds the place that a name leads to", () => {
  expect(placeOf("lakefs://r/main/a/b c.csv")).toEqual({ repository: "r", ref: "main", path: "a/b c.csv" });
  for (const uri of ["lakefs://r/main/", "lakefs://r/main", "lakefs:///main/a", "s3://r/main/a"]) expect(placeOf(uri)).toBeNull();
});

it.each([
  ["a/*.csv", "a/", ["a/x.csv", "a/.csv"], ["a/b/x.csv", "a/x.csv.gz", "b/x.csv", "a/xscsv"]],
  ["**/x.csv", "", ["x.csv", "a/x.csv", "a/b/x.csv"], ["ax.csv"]],
  ["d/**", "d/", ["d/a", "d/a/b"], ["e/a"]],
  ["y=[0-9]?.(1)", "y=", ["y=1a.(1)"], ["y=aa.(1)", "y=1/.(1)"]],
  ["[!a]", "", ["b"], ["a"]],
])("covers paths by the pattern %s", (pattern, prefix, covered, others) => {
  const expression = patternExpression(pattern);
  expect(isPattern(pattern)).toBe(true);
  expect(patternPrefix(pattern)).toBe(prefix);
  expect(covered.filter((path) => !expression.test(path))).toEqual([]);
  expect(others.filter((path) => expression.test(path))).toEqual([]);
});

it("quotes texts and names", () => {
  expect([sqlText("it's"), sqlName('a"b')]).toEqual(["'it''s'", '"a""b"']);
});
