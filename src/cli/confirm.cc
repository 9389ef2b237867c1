#include "cli/confirm.h"

#include <iostream>

#include "fmt/format.h"

namespace tarn::cli {

bool Confirm(const std::string& question) {
  fmt::print("? {}? [y/N] ", question);
  std::fflush(stdout);
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace tarn::cli
