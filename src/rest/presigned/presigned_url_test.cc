#include "rest/presigned/presigned_url.h"

#include <gtest/gtest.h>

namespace tarn::rest {
namespace {

PresignedRequest Request() {
  PresignedRequest request;
  request.verb = PresignedRequest::Verb::kWrite;
  request.storage_namespace = "local://bucket/repo";
  request.address = "data/p/x,sig";
  request.type = AddressType::kFull;
  request.expires_seconds = 1'700'000'000;
  request.file_name = "räuber & co/#1?.csv";
  request.content_type = "text/csv";
  request.entity_tag = "abc";
  request.upload_partition = "repo-uid";
  request.upload_id = "u1";
  request.part_number = 7;
  return request;
}

TEST(PresignedUrl, SaysWhatWasSigned) {
  const std::string path = PresignedPath("key", Request());
  EXPECT_TRUE(path.starts_with(kPresignedPrefix));
  EXPECT_EQ(path.find_first_of("?# \""), std::string::npos);
  const auto read = ParsePresignedPath("key", path);
  ASSERT_TRUE(read.ok());
  const PresignedRequest expected = Request();
  EXPECT_EQ(read->verb, expected.verb);
  EXPECT_EQ(read->storage_namespace, expected.storage_namespace);
  EXPECT_EQ(read->address, expected.address);
  EXPECT_EQ(read->type, expected.type);
  EXPECT_EQ(read->expires_seconds, expected.expires_seconds);
  EXPECT_EQ(read->file_name, expected.file_name);
  EXPECT_EQ(read->content_type, expected.content_type);
  EXPECT_EQ(read->entity_tag, expected.entity_tag);
  EXPECT_EQ(read->upload_partition, expected.upload_partition);
  EXPECT_EQ(read->upload_id, expected.upload_id);
  EXPECT_EQ(read->part_number, expected.part_number);
}

TEST(PresignedUrl, AnyChangeIsSeen) {
  const std::string path = PresignedPath("key", Request());
  EXPECT_EQ(ParsePresignedPath("other key", path).code(), Code::kForbidden);
  for (size_t i = kPresignedPrefix.size(); i < path.size(); ++i) {
    std::string changed = path;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ParsePresignedPath("key", changed).code(), Code::kForbidden) << changed;
    EXPECT_EQ(ParsePresignedPath("key", path.substr(0, i)).code(), Code::kForbidden) << i;
  }
  EXPECT_EQ(ParsePresignedPath("key", path + "x").status().message(), "presigned URL is not valid");
  EXPECT_EQ(ParsePresignedPath("key", path + "%zz").code(), Code::kForbidden);
  EXPECT_EQ(ParsePresignedPath("key", "").code(), Code::kForbidden);
}

// Moving bytes from the file name to the fields must not keep the signature.
TEST(PresignedUrl, FileNameAndFieldsAreKeptApart) {
  PresignedRequest with_name;
  with_name.file_name = "abc";
  PresignedRequest without_name;
  const std::string one = PresignedPath("key", with_name);
  const std::string other = PresignedPath("key", without_name);
  EXPECT_EQ(one.substr(one.size() - 4), "/abc");
  EXPECT_EQ(ParsePresignedPath("key", other + "/abc").code(), Code::kForbidden);
  EXPECT_EQ(ParsePresignedPath("key", one.substr(0, one.size() - 4)).code(), Code::kForbidden);
}

}  // namespace
}  // namespace tarn::rest
