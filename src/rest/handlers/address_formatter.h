// "physical_address" of the many entries of a listing. Level 8; one thread at a time.
//
// Objects of one folder of the store differ in their last path element only. If that element needs
// no escaping, the address of a neighbour gives all that stands before it; the store is asked once
// per folder instead of once per entry.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"

namespace tarn::rest {

class AddressFormatter {
 public:
  /// Both are borrowed.
  AddressFormatter(const catalog::Catalog& catalog, const refs::Repository& repository)
      : catalog_(catalog), repository_(repository) {}
  /// The address as the catalog formats it; borrowed until the next call.
  Result<std::string_view> Format(std::string_view address, AddressType type);

 private:
  const catalog::Catalog& catalog_;
  const refs::Repository& repository_;
  AddressType type_ = AddressType::kByPrefixDeprecated;
  std::string folder_;           // of the last address, with its '/'; empty: nothing known
  std::string formatted_;        // the last answer
  size_t formatted_folder_ = 0;  // how much of it stands for folder_
};

}  // namespace tarn::rest
