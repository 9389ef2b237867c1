// Namespaces and the addresses in them, whatever the store: of which store a namespace is, where it
// lies, and what is inside of it. Level 3; thread-safe, waits for nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "block/object_store.h"

namespace tarn::block {

/// Whether a namespace, or a full address, has the form of those of a store.
bool HasFormOf(const StoreInfo& store, std::string_view uri);

/// The type of store (StoreInfo::type) that a URI belongs to by its scheme: "azure" for "https".
/// The scheme itself where no store has that.
std::string_view StoreTypeOf(std::string_view uri);

/// Equal for namespaces that name the same place, whatever their slashes and dots; of the text
/// alone, so that it can be a key of records.
std::string PlaceOfNamespace(std::string_view storage_namespace);

/// The part of a full address below a namespace, if it is in there by the places of both:
/// collectors of garbage know objects by it. Does not ask whether there is an object.
std::optional<std::string> AddressInNamespace(const ObjectStore& store,
                                              std::string_view storage_namespace,
                                              std::string_view full_address);

/// How an import source lies to a namespace. Both as text, as the reference compares them, and as
/// places; sources that have none are outside.
enum class SourceRelation : uint8_t {
  kOutside,
  kInside,    ///< In the namespace, or the namespace itself.
  kContains,  ///< The namespace is among what a prefix source names.
};
SourceRelation RelationOf(const ObjectStore& store, std::string_view storage_namespace,
                          std::string_view source_uri);

/// Tells the addresses in a namespace from others by their text alone: for very many of them.
class NamespaceAddresses {
 public:
  NamespaceAddresses(const ObjectStore& store, std::string_view storage_namespace);
  /// The address relative to the namespace, borrowed from `address`; nothing if it lies outside.
  std::optional<std::string_view> Relative(std::string_view address, AddressType type) const;

 private:
  std::string namespace_;  // ends in one slash
  std::string shown_;      // what public addresses in it begin with; empty if that is unknown
};

}  // namespace tarn::block
