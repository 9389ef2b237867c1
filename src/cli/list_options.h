// The options that every listing has, and how a page is printed. One page, as the API gives it.
#pragma once

#include <string>

#include "cli/api_client.h"
#include "cli/arguments.h"

namespace tarn::cli {

struct ListOptions {
  int64_t amount = 100;
  std::string after, prefix;

  void Declare(Arguments& arguments);
  Parameters ToParameters() const;
};

/// Prints rows as TAB-separated lines, or as a box with `header` on a terminal; then, if there are
/// more, how to see them; then an empty line.
void PrintPage(const std::vector<std::string>& header,
               const std::vector<std::vector<std::string>>& rows, const Json& page,
               const ListOptions& options);

}  // namespace tarn::cli
