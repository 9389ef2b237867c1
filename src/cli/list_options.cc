#include "cli/list_options.h"

#include "cli/format.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

void PrintBox(const std::vector<std::string>& header,
              const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& name : header) widths.push_back(name.size());
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string rule = "+";
  for (const size_t width : widths) rule += std::string(width + 2, '-') + "+";
  const auto print_row = [&](const std::vector<std::string>& row, bool upper) {
    std::string line = "|";
    for (size_t i = 0; i < row.size(); ++i) {
      line += " " + PadRight(upper ? Upper(row[i]) : row[i], widths[i]) + " |";
    }
    fmt::print("{}\n", line);
  };
  fmt::print("{}\n", rule);
  print_row(header, true);
  fmt::print("{}\n", rule);
  for (const auto& row : rows) print_row(row, false);
  fmt::print("{}\n", rule);
}

}  // namespace

void ListOptions::Declare(Arguments& arguments) {
  arguments.Int("--amount", &amount, "How many results to return")
      .Text("--after", &after, "Show results after this value")
      .Text("--prefix", &prefix, "Show results that start with this");
}

Parameters ListOptions::ToParameters() const {
  Parameters parameters = {{"amount", fmt::to_string(amount)}};
  if (!after.empty()) parameters.emplace_back("after", after);
  if (!prefix.empty()) parameters.emplace_back("prefix", prefix);
  return parameters;
}

void PrintPage(const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows, const Json& page,
               const ListOptions& options) {
  const bool terminal = StdoutIsTerminal();
  if (terminal) {
    PrintBox(header, rows);
  } else {
    for (const auto& row : rows) fmt::print("{}\n", fmt::join(row, "\t"));
  }
  const Json* pagination = page.Find("pagination");
  if (terminal && pagination != nullptr && pagination->BoolAt("has_more").value_or(false)) {
    fmt::print("for more results run with --amount {} --after \"{}\"\n", options.amount,
               pagination->StringAt("next_offset").value_or(""));
  }
  fmt::print("\n");
}

}  // namespace tarn::cli
