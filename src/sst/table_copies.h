// When a table of a remote store is worth a copy on local disk, and which reads go there.
//
// What is read first of a table is its end. Once the ranged reads of it have cost as much as all of
// it would, it is fetched whole, by one thread for all: nobody pays more than twice what they would
// have paid had they known. What this server stores is copied on the way. Level 4; thread-safe;
// waits unless stated.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "block/object_store.h"
#include "sst/disk_cache.h"
#include "sst/open_table.h"
#include "sst/single_flight.h"

namespace tarn::sst {

class TableCopies {
 public:
  using Reader = std::unique_ptr<block::ObjectReader>;
  using Opened = Result<std::shared_ptr<const OpenTable>>;

  /// Both outlive this.
  TableCopies(block::ObjectStore& objects, DiskCache& disk) : objects_(objects), disk_(disk) {}

  /// Opens a table: its copy, or its end in the store, which is one request; a small table comes
  /// whole with that, and is copied. kWouldBlock; errors of OpenTable and of the store.
  Opened Open(const TableName& name);
  /// A reader of the copy of an open table, to read so many bytes; null: read them from the store.
  /// Fetches the table when its time has come. kWouldBlock.
  Result<Reader> Take(const OpenTable& table, uint64_t bytes);
  /// Copies a table that was stored a moment ago.
  void Keep(const OpenTable& table, std::string_view bytes);
  /// The copy turned out to be of no use.
  void Drop(const TableName& name);

 private:
  Opened OpenInStore(const TableName& name);
  Status Fetch(const OpenTable& table);

  block::ObjectStore& objects_;
  DiskCache& disk_;
  SingleFlight fetches_;
};

}  // namespace tarn::sst
