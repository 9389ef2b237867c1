#include "block/namespace_address.h"

#include <re2/re2.h>

#include "block/address.h"

namespace tarn::block {
namespace {

constexpr std::string_view kSchemeEnd = "://";

struct SplitUri {
  std::string_view scheme, rest;
};
std::optional<SplitUri> Split(std::string_view uri) {
  const size_t end = uri.find(kSchemeEnd);
  if (end == std::string_view::npos) return std::nullopt;
  return SplitUri{uri.substr(0, end), uri.substr(end + kSchemeEnd.size())};
}

}  // namespace

bool HasFormOf(const StoreInfo& store, std::string_view uri) {
  const re2::RE2 expression(store.namespace_regex, re2::RE2::Quiet);
  return re2::RE2::PartialMatch(re2::StringPiece(uri.data(), uri.size()), expression);
}

std::string_view StoreTypeOf(std::string_view uri) {
  const std::string_view scheme = uri.substr(0, uri.find(':'));
  const auto type = StorageTypeOf(scheme);
  return type.ok() ? StoreTypeName(*type) : scheme;
}

std::string PlaceOfNamespace(std::string_view storage_namespace) {
  const auto split = Split(storage_namespace);
  if (!split) return std::string(storage_namespace);
  const auto type = StorageTypeOf(split->scheme);
  std::string place(type.ok() ? SchemeOf(*type) : split->scheme);
  place += ":/";
  return place + CleanPath("/" + std::string(split->rest));
}

std::optional<std::string> AddressInNamespace(const ObjectStore& store,
                                              std::string_view storage_namespace,
                                              std::string_view full_address) {
  const auto own = store.Locate({storage_namespace, ""});
  const auto place = store.Locate({storage_namespace, full_address, AddressType::kFull});
  // What cannot be read is nowhere.
  if (!own.ok() || !place.ok() || !IsWithin(*place, *own)) return std::nullopt;
  if (place->size() == own->size()) return std::nullopt;
  return place->substr(own->size() + 1);
}

SourceRelation RelationOf(const ObjectStore& store, std::string_view storage_namespace,
                          std::string_view source_uri) {
  const auto own = store.Locate({storage_namespace, ""});
  const auto source = store.LocateSource(source_uri);
  const bool known = own.ok() && source.ok();
  if (IsWithin(source_uri, storage_namespace) || (known && IsWithin(*source, *own)))
    return SourceRelation::kInside;
  const bool contains =
      storage_namespace.starts_with(source_uri) || (known && (*own + "/").starts_with(*source));
  return contains ? SourceRelation::kContains : SourceRelation::kOutside;
}

NamespaceAddresses::NamespaceAddresses(const ObjectStore& store, std::string_view storage_namespace)
    : namespace_(storage_namespace) {
  while (namespace_.ends_with('/')) namespace_.pop_back();
  namespace_ += '/';
  constexpr std::string_view kSample = "x";
  auto shown = store.FormatAddress({storage_namespace, kSample});
  if (!shown.ok()) return;
  shown->resize(shown->size() - kSample.size());
  shown_ = *std::move(shown);
}

std::optional<std::string_view> NamespaceAddresses::Relative(std::string_view address,
                                                             AddressType type) const {
  if (address.starts_with(namespace_) && type != AddressType::kRelative)
    return address.substr(namespace_.size());
  if (type == AddressType::kRelative) return address;
  if (!shown_.empty() && address.starts_with(shown_)) return address.substr(shown_.size());
  if (type == AddressType::kFull) return std::nullopt;
  const auto split = Split(address);
  if (!split || !StorageTypeOf(split->scheme).ok()) return address;
  return std::nullopt;
}

}  // namespace tarn::block
