#include "codec/identity.h"

#include "codec/fixed.h"

namespace tarn {
namespace {

enum Tag : char { kBytes = 0, kStr = 1, kInt = 2, kStrList = 3, kStrMap = 4, kEmbed = 5 };

constexpr size_t kTypicalStreamBytes = 256;

}  // namespace

IdentityBuilder& IdentityBuilder::Int(int64_t value) {
  if (stream_.empty()) stream_.reserve(kTypicalStreamBytes);
  char item[10] = {kInt, sizeof value};
  StoreLe(item + 2, ByteSwap(static_cast<uint64_t>(value)));
  stream_.append(item, sizeof item);
  return *this;
}

IdentityBuilder& IdentityBuilder::Bytes(std::string_view bytes) {
  stream_.push_back(kBytes);
  Int(static_cast<int64_t>(bytes.size()));
  stream_.append(bytes);
  return *this;
}

IdentityBuilder& IdentityBuilder::Str(std::string_view text) {
  stream_.push_back(kStr);
  Int(static_cast<int64_t>(text.size()));
  stream_.append(text);
  return *this;
}

IdentityBuilder& IdentityBuilder::StrOpt(std::string_view text) {
  return text.empty() ? *this : Str(text);
}

IdentityBuilder& IdentityBuilder::StrList(std::span<const std::string> list) {
  stream_.push_back(kStrList);
  Int(static_cast<int64_t>(list.size()));
  for (const std::string& text : list) Str(text);
  return *this;
}

IdentityBuilder& IdentityBuilder::StrMap(const std::map<std::string, std::string>& map) {
  stream_.push_back(kStrMap);
  Int(static_cast<int64_t>(map.size()));
  for (const auto& [key, value] : map) Str(key).Str(value);
  return *this;
}

IdentityBuilder& IdentityBuilder::Embed(const Sha256Digest& identity) {
  stream_.push_back(kEmbed);
  return Bytes(AsView(identity));
}

}  // namespace tarn
