#include "s3gw/documents/xml_requests.h"

#include <gtest/gtest.h>

namespace tarn::s3gw {
namespace {

using Keys = std::vector<std::string>;

Keys KeysOf(const DeleteRequest& request) {
  Keys keys;
  for (const ObjectToDelete& object : request.objects) keys.push_back(object.key);
  return keys;
}

TEST(DeleteRequest, HasKeysAndMayBeQuiet) {
  const auto request = ReadDeleteRequest(
      "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>main/a &amp; b</Key>"
      "<VersionId>null</VersionId></Object><Object><Key> </Key></Object><Object/>"
      "<Quiet> true </Quiet></Delete>");
  ASSERT_TRUE(request.ok()) << request.status().message();
  EXPECT_EQ(KeysOf(*request), (Keys{"main/a & b", " ", ""}));
  EXPECT_TRUE(request->quiet);
  EXPECT_EQ(request->objects[0].version_id, "null");
  EXPECT_FALSE(request->objects[1].version_id || request->objects[1].entity_tag);
  EXPECT_EQ(KeysOf(*ReadDeleteRequest("<Other><Object><Key>k</Key></Object></Other>")), Keys{"k"});
  const auto conditions = ReadDeleteRequest(
      "<Delete><Object><Key>k</Key><ETag>\"t\"</ETag><LastModifiedTime>Fri</LastModifiedTime>"
      "<Size>3</Size></Object></Delete>");
  ASSERT_TRUE(conditions.ok());
  EXPECT_EQ(conditions->objects[0].entity_tag, "\"t\"");
  EXPECT_EQ(conditions->objects[0].last_modified_time, "Fri");
  EXPECT_EQ(conditions->objects[0].size, "3");
  EXPECT_FALSE(ReadDeleteRequest("<Delete><Quiet></Quiet></Delete>")->quiet);
}

TEST(DeleteRequest, IsRefusedWhenUnreadable) {
  for (const std::string_view bad : {"", "hello", "<Delete><Object>", "<Delete><Quiet>x</Quiet>"})
    EXPECT_EQ(ReadDeleteRequest(bad).code(), Code::kInvalidRequest) << bad;
}

TEST(CompleteRequest, ListsPartsInOrder) {
  const auto parts = ReadCompleteRequest(
      "<CompleteMultipartUpload><Part><ETag>\"abc\"</ETag><PartNumber> 2 </PartNumber></Part>\n"
      "<Part><PartNumber>1</PartNumber><ETag> &quot;def&quot;\n</ETag>"
      "<ChecksumCRC32>x</ChecksumCRC32>"
      "</Part><Part/></CompleteMultipartUpload>");
  ASSERT_TRUE(parts.ok()) << parts.status().message();
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_EQ((*parts)[0].number, 2);
  EXPECT_EQ((*parts)[0].entity_tag, "abc");
  EXPECT_EQ((*parts)[1].number, 1);
  EXPECT_EQ((*parts)[1].entity_tag, "def");
  EXPECT_EQ((*parts)[2].number, 0);
  EXPECT_TRUE(ReadCompleteRequest("<X></X>")->empty());
}

TEST(CompleteRequest, IsRefusedWhenUnreadable) {
  for (const std::string_view bad :
       {"", "<A><Part><PartNumber>one</PartNumber></Part></A>", "<A><Part></A>",
        "<A><Part><PartNumber>99999999999999999999</PartNumber></Part></A>"})
    EXPECT_EQ(ReadCompleteRequest(bad).code(), Code::kInvalidRequest) << bad;
}

}  // namespace
}  // namespace tarn::s3gw
