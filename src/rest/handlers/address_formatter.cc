#include "rest/handlers/address_formatter.h"

#include <algorithm>

namespace tarn::rest {
namespace {

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_';
}

/// An element that is written the same in every address: not empty, no dots at its beginning.
bool IsPlainElement(std::string_view element) {
  return !element.empty() && IsPlain(element[0]) &&
         std::all_of(element.begin(), element.end(), [](char c) { return IsPlain(c) || c == '.'; });
}

}  // namespace

Result<std::string_view> AddressFormatter::Format(std::string_view address, AddressType type) {
  const size_t slash = address.rfind('/');
  const size_t folder_size = slash == std::string_view::npos ? 0 : slash + 1;
  const std::string_view folder = address.substr(0, folder_size);
  const std::string_view element = address.substr(folder_size);
  const bool plain = folder_size > 0 && IsPlainElement(element);
  if (plain && type == type_ && folder == folder_) {
    formatted_.resize(formatted_folder_);
    formatted_.append(element);
    return std::string_view(formatted_);
  }
  folder_.clear();
  TARN_TRY_ASSIGN(formatted_, catalog_.PhysicalAddress(repository_, address, type));
  if (plain && formatted_.ends_with(element)) {
    folder_ = folder;
    type_ = type;
    formatted_folder_ = formatted_.size() - element.size();
  }
  return std::string_view(formatted_);
}

}  // namespace tarn::rest
