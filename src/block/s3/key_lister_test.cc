#include "block/s3/key_lister.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "block/s3/testing/scripted_s3.h"
#include "codec/xml_writer.h"

namespace tarn::block::s3 {
namespace {

using testing::HasSubstr;

/// Lists keys in an order of its own, as S3 does with prefix, delimiter, start and pages.
class Lister {
 public:
  Lister(std::vector<std::string> keys, std::string server, size_t page_max)
      : keys_(std::move(keys)),
        server_name_(std::move(server)),
        page_max_(page_max),
        server_({"/bucket/"}, [this](const Asked& asked) { return Answer(asked); }),
        client_(OptionsFor(server_.url()), std::make_unique<TestKeys>(), 0, SystemClock()) {}

  Result<std::vector<std::string>> All(std::string_view prefix, std::string_view after = "") {
    TARN_TRY_ASSIGN(const auto lister, ListKeys(client_, "bucket", prefix, after));
    std::vector<std::string> all;
    for (;;) {
      TARN_TRY_ASSIGN(const auto keys, lister->Next());
      if (keys.empty()) return all;
      for (const ListedKey& key : keys) all.push_back(key.key);
    }
  }

 private:
  http::Response Answer(const Asked& asked) {
    const std::string prefix(asked.query.Get("prefix")), after(asked.query.Get("start-after"));
    const bool by_folder = !asked.query.Get("delimiter").empty();
    std::vector<std::string> names;
    for (const std::string& key : keys_) {
      if (!key.starts_with(prefix) || key <= after) continue;
      const size_t slash = by_folder ? key.find('/', prefix.size()) : std::string::npos;
      std::string name = slash == std::string::npos ? key : key.substr(0, slash + 1);
      if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    const std::string token(asked.query.Get("continuation-token"));
    // Begins with the last name of the page before, which need not be the smallest.
    const auto last = std::find(names.begin(), names.end(), token);
    auto next = static_cast<size_t>(last - names.begin() + 1);
    if (token.empty()) next = 0;
    std::string text;
    XmlWriter xml(&text);
    xml.Begin("ListBucketResult");
    for (size_t i = 0; i < page_max_ && next < names.size(); ++i, ++next) {
      if (by_folder && names[next].ends_with('/') && names[next] != prefix) {
        xml.Begin("CommonPrefixes").Element("Prefix", names[next]).End("CommonPrefixes");
      } else {
        xml.Begin("Contents").Element("Key", names[next]).Element("Size", int64_t{1});
        if (names[next] != "p/empty/") xml.Element("ETag", "\"tag\"");
        xml.Element("LastModified", "2013-05-24T00:00:00Z").End("Contents");
      }
    }
    xml.Flag("IsTruncated", next < names.size());
    if (next > 0 && next < names.size()) xml.Element("NextContinuationToken", names[next - 1]);
    xml.End("ListBucketResult");
    http::Response response = XmlAnswer(text);
    if (!server_name_.empty()) response.Add("Server", server_name_);
    return response;
  }

  const std::vector<std::string> keys_;
  const std::string server_name_;
  const size_t page_max_;
  ScriptedS3 server_;
  Client client_;
};

/// Folder by folder: as if the slash came before all other characters.
std::vector<std::string> ByFolder(std::vector<std::string> keys) {
  const auto smaller = [](char a, char b) {
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
    return rank(a) < rank(b);
  };
  std::sort(keys.begin(), keys.end(), [&](const std::string& a, const std::string& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), smaller);
  });
  return keys;
}

const std::vector<std::string> kSorted = {
    "p/a !/x", "p/a b", "p/a!",    "p/a!/deep/er/1", "p/a!/deep/er/2", "p/a-/z",
    "p/a-b",   "p/a.b", "p/a/b b", "p/a/b.c/x",      "p/a/b/c",        "p/a/c",
    "p/a0",    "p/b/",  "p/b/x",   "p/\xc3\xbc"};

TEST(KeyLister, ListsPages) {
  for (const size_t page : {1, 2, 3, 100}) {
    Lister lister(kSorted, "AmazonS3", page);
    EXPECT_EQ(*lister.All("p/"), kSorted);
    EXPECT_EQ(*lister.All("p/a/"),
              (std::vector<std::string>{"p/a/b b", "p/a/b.c/x", "p/a/b/c", "p/a/c"}));
    EXPECT_EQ(*lister.All("p/", "p/b/"), (std::vector<std::string>{"p/b/x", "p/\xc3\xbc"}));
    EXPECT_TRUE(lister.All("q")->empty());
  }
}

TEST(KeyLister, PutsFoldersInTheirPlaces) {
  const std::vector<std::string> listed = ByFolder(kSorted);
  ASSERT_NE(listed, kSorted);
  for (const size_t page : {1, 2, 3, 100}) {
    Lister lister(listed, "SeaweedFS 8000GB 4.48", page);
    const auto all = lister.All("p/");
    ASSERT_TRUE(all.ok()) << all.status().ToString();
    EXPECT_EQ(*all, kSorted) << page;
    for (size_t i = 0; i < kSorted.size(); ++i) {
      const std::vector<std::string> rest(kSorted.begin() + static_cast<ptrdiff_t>(i) + 1,
                                          kSorted.end());
      EXPECT_EQ(*lister.All("p/", kSorted[i]), rest) << kSorted[i];
    }
    EXPECT_EQ(*lister.All("p/a!"),
              (std::vector<std::string>{"p/a!", "p/a!/deep/er/1", "p/a!/deep/er/2"}));
  }
}

TEST(KeyLister, EmptyFoldersAreNoKeys) {
  Lister lister({"p/a", "p/empty/", "p/marker/"}, "SeaweedFS", 100);
  EXPECT_EQ(*lister.All("p/"), (std::vector<std::string>{"p/a", "p/marker/"}));
}

TEST(KeyLister, RefusesAnOrderThatNobodyTold) {
  Lister lister(ByFolder(kSorted), "", 2);
  const auto all = lister.All("p/");
  EXPECT_EQ(all.code(), Code::kIo);
  EXPECT_THAT(std::string(all.status().message()), HasSubstr("out of order"));
  std::vector<std::string> folders = ByFolder(kSorted);
  std::reverse(folders.begin(), folders.end());
  Lister reversed(folders, "SeaweedFS", 2);
  EXPECT_EQ(reversed.All("p/").code(), Code::kIo);
}

/// A page that says that there is another, with that inside.
http::Response EndlessPage(std::string_view inside, std::string_view server_name) {
  http::Response response = XmlAnswer(
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>more"
      "</NextContinuationToken>" +
      std::string(inside) + "</ListBucketResult>");
  response.Add("Server", server_name);
  return response;
}

TEST(KeyLister, PagesOfNothingComeToAnEnd) {
  const std::string folder = "<CommonPrefixes><Prefix>p/a/</Prefix></CommonPrefixes>";
  for (const auto& [inside, server_name] : {std::pair<std::string, std::string>("", "AmazonS3"),
                                            {"", "SeaweedFS"},
                                            {folder, "SeaweedFS"}}) {
    ScriptedS3 server({"/bucket/"}, [&inside = inside, &server_name = server_name](const Asked&) {
      return EndlessPage(inside, server_name);
    });
    Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
    const auto lister = ListKeys(client, "bucket", "p/", "");
    ASSERT_TRUE(lister.ok());
    const auto keys = (*lister)->Next();
    EXPECT_EQ(keys.code(), Code::kIo) << server_name;
    EXPECT_THAT(std::string(keys.status().message()), HasSubstr("without end"));
    EXPECT_LE(server.asked().size(), size_t{kEmptyPagesMax} + 2);
  }
}

TEST(KeyLister, EmptyPagesBetweenOthersAreNoHarm) {
  int pages = 0;
  ScriptedS3 server({"/bucket/"}, [&](const Asked&) {
    ++pages;
    if (pages % kEmptyPagesMax != 0) return EndlessPage("", "");
    const std::string key = "p/" + std::to_string(1000 + pages);
    return EndlessPage("<Contents><Key>" + key +
                           "</Key><Size>1</Size><LastModified>2013-05-24T00:00:00Z</LastModified>"
                           "</Contents>",
                       "");
  });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  const auto lister = ListKeys(client, "bucket", "p/", "");
  ASSERT_TRUE(lister.ok());
  for (int i = 0; i < 2; ++i) EXPECT_EQ((*lister)->Next().value().size(), 1u);
}

TEST(KeyLister, StopsBetweenPages) {
  for (const std::string server_name : {"AmazonS3", "SeaweedFS"}) {
    ScriptedS3 server({"/bucket/"}, [&](const Asked&) { return EndlessPage("", server_name); });
    Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
    const auto lister =
        ListKeys(client, "bucket", "p/", "", {.stop = [&] { return server.asked().size() >= 3; }});
    ASSERT_TRUE(lister.ok());
    EXPECT_EQ((*lister)->Next().code(), Code::kCancelled) << server_name;
    EXPECT_EQ(server.asked().size(), 3u);
  }
}

TEST(KeyLister, AStoreThatHangsHoldsUpNoCancellation) {
  constexpr int64_t kHangMsMax = 20'000;
  std::atomic<bool> is_over = false, stop = false;
  ScriptedS3 server({"/bucket/"}, [&](const Asked&) {
    stop = true;
    for (int64_t ms = 0; ms < kHangMsMax && !is_over; ms += 10) SleepForUs(10'000);
    return EndlessPage("", "AmazonS3");
  });
  Client client(OptionsFor(server.url()), std::make_unique<TestKeys>(), 0, SystemClock());
  const int64_t begun_ms = SystemClock().MonotonicMs();
  const auto lister = ListKeys(client, "bucket", "p/", "", {.stop = [&] { return stop.load(); }});
  EXPECT_EQ(lister.code(), Code::kCancelled);
  EXPECT_LT(SystemClock().MonotonicMs() - begun_ms, kHangMsMax / 2);
  is_over = true;
}

}  // namespace
}  // namespace tarn::block::s3
