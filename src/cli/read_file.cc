#include "cli/read_file.h"

#include <fstream>
#include <iostream>
#include <iterator>

#include "fmt/format.h"

namespace tarn::cli {

Result<std::string> ReadFile(const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) return Status(Code::kIo, fmt::format("open {}: no such file or directory", name));
  }
  std::istream& in = name == "-" ? std::cin : file;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace tarn::cli
