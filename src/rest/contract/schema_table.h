// The text of the schema table; see schemas.h for what becomes of it. Level 8; constant data.
//
// A line gives a schema's name and its properties: "name: type, name!: type". '!' marks a required
// property; required ones stand in the order in which a missing one is reported. Types:
//   string  int  int64  bool  object  date-time  NameOfASchema
//   string(min 1)  string(pattern x)  enum(a|b)  int(0..1)  [items]  [items](min 1)  map<values>
//   {properties}
// "= false" after a type is its default, "?" that null is allowed. A line whose text starts with
// '[' or "map<" is that type itself.
//
// The contract has no ranges for sizes, dates, generations and days; ours are those of what is
// stored: no size below zero, dates of the years 1 to 9999, 32 bits for generations and days.
#pragma once

#include <span>
#include <string_view>

namespace tarn::rest {

struct SchemaLine {
  std::string_view name, text;
};

std::span<const SchemaLine> SchemaTable();

}  // namespace tarn::rest
