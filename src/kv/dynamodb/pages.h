// Reads one partition page by page. Level 3; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kv/dynamodb/connection.h"
#include "kv/dynamodb/items.h"

namespace tarn::kv::dynamodb {

/// The records whose keys begin with a prefix. Pages grow from one to the next.
class Pages {
 public:
  Pages(Connection& connection, std::string_view partition, std::string_view prefix, Part part);

  /// Goes to the first key that is not less than `target`.
  void Seek(std::string_view target);
  /// The next page; empty: that was all. REQUIRES Seek before.
  Result<std::vector<Record>> Next();

 private:
  Result<std::vector<Record>> Fetch();

  Connection& connection_;
  const std::string partition_, prefix_;
  const std::string end_;  // behind all keys; empty: there is no end
  const Part part_;
  std::string from_;
  std::optional<std::string> after_;
  int64_t limit_ = 1;
  bool is_over_ = true;
};

}  // namespace tarn::kv::dynamodb
