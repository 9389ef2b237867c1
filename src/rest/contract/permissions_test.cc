// What the tables ask for, against what the reference was seen to ask for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "auth/testing/recorded_permissions.h"
#include "rest/contract/operation.h"

namespace tarn::rest {
namespace {

using auth::testing::RecordedOperation;

/// How the record says whether an operation needs a permission.
std::string_view CheckOf(const Operation& operation) {
  switch (operation.access) {
    case Access::kOpen:
      return "none";
    case Access::kOptional:
    case Access::kUser:
      return "user";
    case Access::kPermissions:
      return "tree";
    case Access::kEachItem:
      return operation.id == "listRepositories" ? "listing" : "each key";
  }
  return "";
}

TEST(PermissionTable, IsThatOfTheReference) {
  const auto recorded = auth::testing::ReadRecordedOperations("rest");
  if (!recorded) GTEST_SKIP() << "no recorded permissions";
  std::set<std::string_view> own;
  for (const Operation& operation : OwnOperations()) own.insert(operation.id);
  EXPECT_EQ(recorded->size(), AllOperations().size() - own.size());
  for (const Operation* operation : AllOperations()) {
    if (own.count(operation->id) != 0) continue;
    const auto found = recorded->find(std::string(operation->id));
    ASSERT_NE(found, recorded->end()) << operation->id;
    EXPECT_EQ(CheckOf(*operation), found->second.check) << operation->id;
    // The record of a listing is prose.
    if (found->second.check == "listing") continue;
    EXPECT_EQ(auth::testing::Describe(operation->permission), found->second.permission)
        << operation->id;
  }
}

// A name that is neither a parameter nor a property would be an empty part of a resource.
TEST(PermissionTable, NamesOfResourcesAreKnown) {
  const std::set<std::string_view> in_body = {"id",
                                              "ref",
                                              "name",
                                              "storage_namespace",
                                              "src_path",
                                              "paths",
                                              "paths.path",
                                              "paths.destination",
                                              "copy_source.repository",
                                              "copy_source.path",
                                              "user"};
  for (const Operation* operation : AllOperations()) {
    for (const std::string& name : auth::testing::NamesIn(operation->permission)) {
      const std::string in_path = "{" + name + "}";
      bool known = operation->path.find(in_path) != std::string_view::npos ||
                   name == "pull_request.destination";
      for (const Parameter* parameter : operation->parameters)
        known = known || (parameter != nullptr && parameter->name == name);
      const bool has_document = operation->body.kind == BodyKind::kJson ||
                                operation->body.kind == BodyKind::kJsonOptional;
      EXPECT_TRUE(known || operation->access == Access::kEachItem ||
                  (has_document && in_body.count(name) != 0))
          << operation->id << " " << name;
    }
  }
}

}  // namespace
}  // namespace tarn::rest
