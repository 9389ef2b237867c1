#include "catalog/multipart.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using versioning::testing::Must;
using versioning::testing::World;

class Multipart : public ::testing::Test {
 protected:
  static std::string TagOf(std::string_view bytes) { return ToHex(AsView(Md5(bytes))); }
  MultipartUpload Start() {
    return Must(MultipartUpload::Start(world_.context, world_.repository, "data/p/x"));
  }
  void PutPart(const MultipartUpload& upload, int64_t number, std::string_view bytes) {
    TARN_EXPECT_OK(block::PutObject(world_.objects, At(upload.PartAddress(number)), bytes));
  }
  block::ObjectPointer At(std::string_view address) {
    return {world_.repository.storage_namespace.view(), address};
  }
  bool Exists(std::string_view address) { return Must(world_.objects.Exists(At(address))); }
  Result<MultipartUpload> Find(std::string_view id, std::string address = "data/p/x") {
    return MultipartUpload::Find(world_.context, world_.repository, std::move(address), id);
  }
  World world_;
};

TEST_F(Multipart, AssemblesInTheOrderOfTheNumbers) {
  auto upload = Start();
  PutPart(upload, 7, "world");
  PutPart(upload, 2, "hello ");
  const auto object = Must(upload.Assemble(
      std::vector<PartTag>{{2, "\"" + TagOf("hello ") + "\""}, {7, TagOf("world")}}));
  EXPECT_EQ(Must(block::GetObject(world_.objects, At("data/p/x"), 100)), "hello world");
  EXPECT_EQ(object.properties.size, 11);
  std::string digests(AsView(Md5("hello ")));
  digests += AsView(Md5("world"));
  EXPECT_EQ(object.checksum, TagOf(digests) + "-2");
}

TEST_F(Multipart, RefusesWrongPartsAndWritesNothing) {
  auto upload = Start();
  PutPart(upload, 1, "a");
  PutPart(upload, 2, "b");
  const PartTag a{1, TagOf("a")}, b{2, TagOf("b")};
  const std::pair<std::vector<PartTag>, std::string> cases[] = {
      {{b, a}, "parts must be in ascending order of their numbers"},
      {{a, a}, "parts must be in ascending order of their numbers"},
      {{a, {2, "x"}}, "part 2 does not have that entity tag"},
      {{a, {3, "x"}}, "part 3 was not uploaded"},
      {{{0, "x"}}, "part numbers are between 1 and 10000"},
      {{{10'001, "x"}}, "part numbers are between 1 and 10000"}};
  for (const auto& [parts, message] : cases) {
    TARN_EXPECT_ERROR(upload.Assemble(parts), Code::kInvalidRequest, message);
  }
  EXPECT_FALSE(Exists("data/p/x"));
  EXPECT_TRUE(Exists(upload.PartAddress(1))) << "it can be tried again";
}

TEST_F(Multipart, ItsEndLeavesOnlyTheObject) {
  auto upload = Start();
  EXPECT_TRUE(Exists(upload.MarkerAddress()));
  PutPart(upload, 1, "a");
  PutPart(upload, 10'000, "b");
  TARN_EXPECT_OK(upload.Assemble(std::vector<PartTag>{{1, TagOf("a")}}));
  TARN_EXPECT_OK(upload.Remove());
  EXPECT_FALSE(Exists(upload.MarkerAddress()));
  EXPECT_FALSE(Exists(upload.PartAddress(1)) || Exists(upload.PartAddress(10'000)));
  EXPECT_TRUE(Exists("data/p/x"));
  TARN_EXPECT_ERROR(Find(upload.id()), Code::kNotFound, "upload not found");
}

TEST_F(Multipart, IsFoundByItsAddressAndIdOnly) {
  const auto upload = Start();
  EXPECT_TRUE(Find(upload.id()).ok());
  EXPECT_EQ(Find(upload.id(), "data/p/y").code(), Code::kNotFound);
  EXPECT_NE(Start().id(), upload.id());
  for (const std::string id :
       {"", "../x", "0123456789abcdef0123456789abcdeF", "0123456789abcdef0123456789abcdef0"}) {
    EXPECT_EQ(Find(id).code(), Code::kNotFound) << id;
  }
}

TEST_F(Multipart, CopiesARangeOfAnObject) {
  auto upload = Start();
  TARN_EXPECT_OK(block::PutObject(world_.objects, At("source"), "0123456789"));
  const auto reader = Must(world_.objects.Open(At("source")));
  EXPECT_EQ(Must(upload.CopyPart(1, *reader, 2, 3)), TagOf("234"));
  EXPECT_EQ(Must(block::GetObject(world_.objects, At(upload.PartAddress(1)), 100)), "234");
  EXPECT_EQ(upload.CopyPart(2, *reader, 8, 3).code(), Code::kIo);
  EXPECT_FALSE(Exists(upload.PartAddress(2)));
}

}  // namespace
}  // namespace tarn::catalog
