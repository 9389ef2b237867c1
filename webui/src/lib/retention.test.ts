import { describe, expect, it } from "vitest";
import { daysError, parseRules, typedText } from "./retention";

const rules = { default_retention_days: 14, branches: [{ branch_id: "main", retention_days: 90 }] };

describe("retention rules", () => {
  it("are read from fields and from JSON", () => {
    expect(parseRules(typedText("14", [[" main ", "90"]]))).toEqual(rules);
    expect(() => parseRules(typedText("14", [["main", "ninety"]]))).toThrow("must be a number");
    expect(parseRules('{"default_retention_days": 7}')).toEqual({ default_retention_days: 7, branches: [] });
  });

  it.each([
    ["[]", "an object"],
    ["{}", "default_retention_days must be a number"],
    ['{"default_retention_days": "7"}', "must be a number"],
    ['{"default_retention_days": 0}', "At least one day"],
    ['{"default_retention_days": 1.5}', "A whole number"],
    ['{"default_retention_days": 3000000000}', "At most"],
    ['{"default_retention_days": 7, "days": 1}', "no field days"],
    ['{"default_retention_days": 7, "branches": {}}', "must be a list"],
    ['{"default_retention_days": 7, "branches": [{"retention_days": 1}]}', "entry 1: branch_id"],
    ['{"default_retention_days": 7, "branches": [{"branch_id": "a", "retention_days": -1}]}', "A whole number"],
    ['{"default_retention_days": 7, "branches": [{"branch_id": "a", "retention_days": 1}, {"branch_id": "a", "retention_days": 2}]}', "twice"],
    ["{", "JSON"],
  ])("say what is wrong: %s", (text, said) => {
    expect(() => parseRules(text)).toThrow(said);
  });

  it("have days that are numbers", () => {
    expect(daysError(" 30 ")).toBeNull();
    for (const text of ["", "-1", "1e3", "0", "2147483648"]) expect(daysError(text)).not.toBeNull();
  });
});
