#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "rest/contract/operation.h"

namespace tarn::rest {
namespace {

TEST(Operations, AreTheContracts134AndOurOwnWithUniqueIds) {
  std::set<std::string_view> ids;
  for (const Operation* operation : AllOperations()) ids.insert(operation->id);
  EXPECT_EQ(AllOperations().size(), 134u + OwnOperations().size());
  EXPECT_EQ(ids.size(), AllOperations().size());
}

TEST(Operations, RowsAreConsistent) {
  for (const Operation* operation : AllOperations()) {
    SCOPED_TRACE(operation->id);
    EXPECT_EQ(operation->access == Access::kPermissions || operation->access == Access::kEachItem,
              operation->permission.kind != auth::Permission::Kind::kNone);
    EXPECT_EQ(operation->body.kind == BodyKind::kStream, operation->stream != nullptr);
    EXPECT_NE(operation->handler != nullptr, operation->stream != nullptr);
    EXPECT_FALSE(operation->handler && operation->stream);
    // A handler that only reads must not be one that is run twice with a body.
    EXPECT_TRUE(!operation->try_inline || operation->body.kind == BodyKind::kNone);
    EXPECT_FALSE(operation->summary.empty());
  }
}

}  // namespace
}  // namespace tarn::rest
