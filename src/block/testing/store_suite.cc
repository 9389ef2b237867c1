#include "block/testing/store_suite.h"

#include <atomic>
#include <map>
#include <thread>

#include "base/blocking.h"
#include "block/address.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block {

void ObjectStoreSuite::Put(std::string_view address, std::string_view bytes) {
  const auto put = PutObject(store(), At(address), bytes);
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_EQ(put->size, static_cast<int64_t>(bytes.size()));
}

std::string ObjectStoreSuite::Get(std::string_view address) {
  const auto got = GetObject(store(), At(address), 1 << 30);
  return got.ok() ? *got : got.status().ToString();
}

namespace {

std::string Padded(int number) {
  std::string text = std::to_string(number);
  return std::string(4 - std::min<size_t>(4, text.size()), '0') + text;
}

std::string Pattern(size_t size, uint32_t seed) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<char>(seed >> 24);
  }
  return bytes;
}

TEST_P(ObjectStoreSuite, GivesBackWhatWasPut) {
  for (const size_t size : {0, 1, 1000, 65536, 65537, 3000000}) {
    const std::string bytes = Pattern(size, 7);
    Put("data/object", bytes);
    EXPECT_EQ(Get("data/object"), bytes) << size;
  }
}

TEST_P(ObjectStoreSuite, TakesBytesInPieces) {
  const std::string bytes = Pattern(500000, 3);
  auto writer = store().Create(At("data/pieces"), {});
  ASSERT_TRUE(writer.ok());
  size_t at = 0;
  for (size_t piece = 1; at < bytes.size(); piece = piece * 3 + 1) {
    const std::string_view part = std::string_view(bytes).substr(at, piece);
    ASSERT_TRUE((*writer)->Write(part).ok());
    at += part.size();
  }
  const auto done = (*writer)->Commit();
  ASSERT_TRUE(done.ok()) << done.status().ToString();
  EXPECT_EQ(done->size, 500000);
  EXPECT_GT(done->last_modified.seconds, 1500000000);
  EXPECT_EQ(Get("data/pieces"), bytes);
}

TEST_P(ObjectStoreSuite, IsInvisibleUntilCommit) {
  {
    auto writer = store().Create(At("data/dropped"), {10});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write(Pattern(200000, 1)).ok());
    EXPECT_EQ(store().Open(At("data/dropped"), {}).code(), Code::kDataNotFound);
    EXPECT_FALSE(store().Stat(At("data/dropped")).value());
  }
  EXPECT_EQ(store().Open(At("data/dropped"), {}).code(), Code::kDataNotFound);
}

TEST_P(ObjectStoreSuite, ReplacesWhole) {
  Put("a", "first, the longer one");
  auto old_reader = store().Open(At("a"), {});
  ASSERT_TRUE(old_reader.ok());
  auto writer = store().Create(At("a"), {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Write(std::string_view("second")).ok());
  EXPECT_EQ(Get("a"), "first, the longer one");
  ASSERT_TRUE((*writer)->Commit().ok());
  EXPECT_EQ(Get("a"), "second");
  if (!under_test().readers_outlive_names()) return;
  std::string out(5, '\0');
  EXPECT_EQ((*old_reader)->ReadAt(0, out).value(), 5u);
  EXPECT_EQ(out, "first");
}

TEST_P(ObjectStoreSuite, ReadsAtOffsets) {
  Put("part", "this is the first part this is the last part");
  auto reader = store().Open(At("part"), {});
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->properties().size, 44);
  std::string out(22, '\0');
  EXPECT_EQ((*reader)->ReadAt(23, out).value(), 21u);
  EXPECT_EQ(out.substr(0, 21), "this is the last part");
  EXPECT_EQ((*reader)->ReadAt(44, out).value(), 0u);
  EXPECT_EQ((*reader)->ReadAt(1000, out).value(), 0u);
  EXPECT_FALSE((*reader)->ReadAt(-1, out).ok());
}

/// All that a stream gives, in pieces of at most `piece` bytes.
Result<std::string> ReadAll(ObjectStream& stream, size_t piece) {
  std::string bytes, buffer(piece, '\0');
  for (;;) {
    TARN_TRY_ASSIGN(const size_t got, stream.Read(buffer));
    if (got == 0) return bytes;
    bytes.append(buffer, 0, got);
  }
}

TEST_P(ObjectStoreSuite, StreamsRanges) {
  const std::string bytes = Pattern(300'000, 5);
  Put("streamed", bytes);
  struct Case {
    ByteRange range;
    size_t offset, length;
  };
  for (const auto& [range, offset, length] : {
           Case{{}, 0, 300'000},
           Case{{100, 7}, 100, 7},
           Case{{299'990, std::nullopt}, 299'990, 10},
           Case{{299'990, 1000}, 299'990, 10},
           Case{{0, 0}, 0, 0},
           Case{{300'000, 5}, 0, 0},
           Case{{400'000, std::nullopt}, 0, 0},
           Case{ByteRange::Last(20), 299'980, 20},
           Case{ByteRange::Last(1'000'000), 0, 300'000},
           Case{{-20, 5}, 299'980, 5},
       }) {
    const auto stream = store().OpenStream(At("streamed"), range);
    ASSERT_TRUE(stream.ok()) << stream.status().ToString();
    EXPECT_EQ((*stream)->properties().size, 300'000);
    const auto read = ReadAll(**stream, 4097);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(*read, bytes.substr(offset, length)) << range.offset;
  }
  EXPECT_EQ(store().OpenStream(At("none"), {}).code(), Code::kDataNotFound);
  Put("empty", "");
  EXPECT_EQ(ReadAll(*store().OpenStream(At("empty"), {}).value(), 10).value(), "");
}

TEST_P(ObjectStoreSuite, StreamsGoOnWhenTheNameIsGone) {
  if (!under_test().readers_outlive_names()) GTEST_SKIP() << "not promised by this store";
  const std::string bytes = Pattern(100'000, 6);
  Put("a", bytes);
  const auto stream = store().OpenStream(At("a"), {10, 90'000});
  ASSERT_TRUE(stream.ok());
  ASSERT_TRUE(store().Remove(At("a")).ok());
  EXPECT_EQ(ReadAll(**stream, 777).value(), bytes.substr(10, 90'000));
}

TEST_P(ObjectStoreSuite, PutsInOneCall) {
  const auto put = store().Put(At("p/once"), "bytes", {.create_only = true});
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_EQ(put->size, 5);
  EXPECT_EQ(store().Put(At("p/once"), "other", {.create_only = true}).code(), Code::kAlreadyExists);
  EXPECT_EQ(Get("p/once"), "bytes");
  const auto found = store().Stat(At("p/once"));
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->size, 5);
}

TEST_P(ObjectStoreSuite, MissingObjects) {
  EXPECT_EQ(store().Open(At("nothing"), {}).code(), Code::kDataNotFound);
  EXPECT_EQ(store().Open(At("no/such/dir/nothing"), {}).code(), Code::kDataNotFound);
  EXPECT_FALSE(store().Stat(At("nothing")).value());
  EXPECT_TRUE(store().Remove(At("nothing")).ok());
  EXPECT_EQ(store().Copy(At("nothing"), At("copy"), {}).code(), Code::kDataNotFound);
  EXPECT_EQ(store().Copy(At("nothing"), At("copy"), {.size = 7}).code(), Code::kDataNotFound);
  EXPECT_FALSE(store().Stat(At("copy")).value());
}

TEST_P(ObjectStoreSuite, RemovesAndKeepsOpenReaders) {
  Put("gone", "bytes");
  auto reader = store().Open(At("gone"), {});
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(store().Stat(At("gone")).value());
  ASSERT_TRUE(store().Remove(At("gone")).ok());
  EXPECT_FALSE(store().Stat(At("gone")).value());
  if (!under_test().readers_outlive_names()) return;
  std::string out(5, '\0');
  EXPECT_EQ((*reader)->ReadAt(0, out).value(), 5u);
  EXPECT_EQ(out, "bytes");
}

TEST_P(ObjectStoreSuite, Copies) {
  const std::string bytes = Pattern(700000, 9);
  Put("from", bytes);
  Put("to", "old");
  ASSERT_TRUE(store().Copy(At("from"), At("known"), {.size = 700000}).ok());
  EXPECT_EQ(Get("known"), bytes);
  const auto copied = store().Copy(At("from"), At("to"), {.may_share = true});
  ASSERT_TRUE(copied.ok());
  EXPECT_EQ(copied->size, 700000);
  EXPECT_EQ(Get("to"), bytes);
}

TEST_P(ObjectStoreSuite, AppendsRangesOfObjects) {
  const std::string bytes = Pattern(2'000'003, 9);
  Put("from", bytes);
  // A small target is written through the cache; one that is announced as large goes past it.
  for (const int64_t hint : {int64_t{0}, int64_t{100} << 20}) {
    const auto writer = store().Create(At("to"), {.size_hint = hint});
    ASSERT_TRUE(writer.ok());
    std::string expected;
    const auto append = [&](size_t offset, size_t length) {
      const Status status = (*writer)->Append(store(), At("from"), static_cast<int64_t>(offset),
                                              static_cast<int64_t>(length));
      ASSERT_TRUE(status.ok()) << status.ToString();
      expected += bytes.substr(offset, length);
    };
    append(0, 1 << 20);
    append(7, 1 << 20);
    append(0, 0);
    ASSERT_TRUE((*writer)->Write(std::string_view("between")).ok());
    expected += "between";
    append(1'999'999, 4);
    append(100'000, 1'500'000);
    const auto committed = (*writer)->Commit();
    ASSERT_TRUE(committed.ok()) << committed.status().ToString();
    EXPECT_EQ(committed->size, static_cast<int64_t>(expected.size()));
    EXPECT_TRUE(Get("to") == expected);
  }
  const auto writer = store().Create(At("short"), {});
  EXPECT_EQ((*writer)->Append(store(), At("from"), 2'000'000, 4).code(), Code::kIo);
  const auto other = store().Create(At("short"), {});
  EXPECT_EQ((*other)->Append(store(), At("absent"), 0, 4).code(), Code::kDataNotFound);
}

TEST_P(ObjectStoreSuite, CopiesAreObjectsOfTheirOwn) {
  const std::string bytes = Pattern(70000, 11), other = Pattern(60000, 12);
  Put("from", bytes);
  for (const std::string_view name : {"copy/one", "copy/two"}) {
    const auto copied = store().Copy(At("from"), At(name), {.may_share = true});
    ASSERT_TRUE(copied.ok()) << copied.status().ToString();
    EXPECT_EQ(copied->size, 70000);
    EXPECT_EQ(Get(name), bytes);
  }
  ASSERT_TRUE(store().Copy(At("copy/one"), At("copy/one"), {.may_share = true}).ok());
  ASSERT_TRUE(store().Copy(At("copy/one"), At("copy/two"), {.may_share = true}).ok());
  EXPECT_EQ(Get("copy/two"), bytes);
  Put("from", other);
  EXPECT_EQ(Get("copy/one"), bytes);
  Put("copy/one", other.substr(1));
  EXPECT_EQ(Get("copy/two"), bytes);
  ASSERT_TRUE(store().Remove(At("copy/one")).ok());
  EXPECT_EQ(Get("copy/two"), bytes);
  EXPECT_EQ(Get("from"), other);
}

TEST_P(ObjectStoreSuite, CreateOnlyNeverReplaces) {
  const auto put = [&](std::string_view address, std::string_view bytes) {
    auto writer = store().Create(At(address), {.create_only = true});
    EXPECT_TRUE(writer.ok()) << writer.status().ToString();
    EXPECT_TRUE((*writer)->Write(bytes).ok());
    return (*writer)->Commit().code();
  };
  EXPECT_EQ(put("once/x", "first"), Code::kOk);
  EXPECT_EQ(put("once/x", "second"), Code::kAlreadyExists);
  EXPECT_EQ(put("once/x", Pattern(200'000, 3)), Code::kAlreadyExists);
  EXPECT_EQ(Get("once/x"), "first");
  Put("once/x", "replaced on purpose");
  ASSERT_TRUE(store().Remove(At("once/x")).ok());
  EXPECT_EQ(put("once/x", "anew"), Code::kOk);

  // Of many at the same time one wins.
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const Code code = put("once/raced", "by " + std::to_string(i));
      EXPECT_TRUE(code == Code::kOk || code == Code::kAlreadyExists);
      if (code != Code::kOk) return;
      ++won;
      EXPECT_EQ(Get("once/raced"), "by " + std::to_string(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

TEST_P(ObjectStoreSuite, StoresByContentOnceAndWhole) {
  EXPECT_FALSE(store().MakeDurable(At("tables/id"))->has_value());
  ASSERT_TRUE(PutByContent(store(), At("tables/id"), "content").ok());
  ASSERT_TRUE(PutByContent(store(), At("tables/id"), "content").ok());
  EXPECT_EQ((*store().MakeDurable(At("tables/id")))->size, 7);
  EXPECT_EQ(Get("tables/id"), "content");
  Put("tables/other", "cont");  // Torn, where that can be; or the same content in other words.
  const auto put = PutByContent(store(), At("tables/other"), "content");
  ASSERT_TRUE(put.ok()) << put.status().ToString();
  EXPECT_TRUE(*put || store().info().is_remote);
  EXPECT_EQ(Get("tables/other"), *put ? "content" : "cont");
}

TEST_P(ObjectStoreSuite, LocatesWhatIsTheSame) {
  const std::string name = under_test().full_addresses_keep_escapes() ? "src/a b%41" : "src/a b";
  Put(name, "x");
  const std::string ns = store().Locate(At("")).value(), place = store().Locate(At(name)).value();
  EXPECT_EQ(place, ns + "/" + name);
  // Whatever address is told, it is the same object in every namespace.
  const std::string told = store().FormatAddress(At(name)).value();
  const std::string other = storage_namespace() + "-other";
  for (const AddressType type : {AddressType::kFull, AddressType::kByPrefixDeprecated}) {
    const ObjectPointer full{other, told, type};
    EXPECT_TRUE(store().CheckAddress(full).ok());
    EXPECT_EQ(store().Locate(full).value(), place);
    EXPECT_EQ(GetObject(store(), full, 10).value(), "x");
    EXPECT_EQ(store().FormatAddress(full).value(), told);
  }
  EXPECT_EQ(store().LocateSource(under_test().walk_source()).value(), ns + "/src/");
  EXPECT_TRUE(IsWithin(place, ns));
  EXPECT_TRUE(IsWithin(ns, ns));
  EXPECT_FALSE(IsWithin(ns + "-other/x", ns));
  EXPECT_FALSE(IsWithin(ns, place));
}

TEST_P(ObjectStoreSuite, CopiesAreOfTheirOwnTime) {
  Put("from", "x");
  std::this_thread::sleep_for(std::chrono::milliseconds(under_test().time_step_ms()));
  auto source = store().Open(At("from"), {});
  ASSERT_TRUE(source.ok());
  const auto copied = store().Copy(At("from"), At("to"), {.may_share = true});
  ASSERT_TRUE(copied.ok());
  const Timestamp before = (*source)->properties().last_modified, after = copied->last_modified;
  EXPECT_GT(std::make_pair(after.seconds, after.nanos),
            std::make_pair(before.seconds, before.nanos));
}

TEST_P(ObjectStoreSuite, RefusesToLeaveTheNamespace) {
  for (const std::string_view address :
       {"../../../etc/passwd", "subdir/../../other/secret.txt", "..", "../x"}) {
    EXPECT_EQ(store().Create(At(address), {}).code(), Code::kAddressBlocked) << address;
    EXPECT_EQ(store().Open(At(address), {}).code(), Code::kAddressBlocked) << address;
    EXPECT_EQ(store().Remove(At(address)).code(), Code::kAddressBlocked) << address;
    EXPECT_EQ(store().CheckAddress(At(address)).code(), Code::kAddressBlocked) << address;
  }
  EXPECT_TRUE(store().CheckAddress(At("subdir/nested/object.txt")).ok());
  EXPECT_EQ(store().Open(At(std::string_view("a\0b", 3)), {}).code(), Code::kInvalidAddress);
}

TEST_P(ObjectStoreSuite, KeepsEscapesAsTheyAre) {
  Put("special%3Atest_file", "escaped");
  Put("special:test_file", "plain");
  Put("stray % sign", "stray");
  EXPECT_EQ(Get("special%3Atest_file"), "escaped");
  EXPECT_EQ(Get("special:test_file"), "plain");
  EXPECT_EQ(Get("stray % sign"), "stray");
}

TEST_P(ObjectStoreSuite, LimitsWholeReads) {
  Put("big", Pattern(1000, 1));
  EXPECT_EQ(GetObject(store(), At("big"), 999).code(), Code::kTooLarge);
  EXPECT_TRUE(GetObject(store(), At("big"), 1000).ok());
}

TEST_P(ObjectStoreSuite, NeverWaitsWhereItMustNot) {
  Put("warm", "bytes");
  EXPECT_EQ(Get("warm"), "bytes");
  NoBlockingScope scope;
  EXPECT_EQ(store().Create(At("x"), {}).code(), Code::kWouldBlock);
  EXPECT_EQ(store().Stat(At("warm")).code(), Code::kWouldBlock);
  EXPECT_EQ(store().List({storage_namespace(), "", {}, 10}).code(), Code::kWouldBlock);
  EXPECT_EQ(store().Put(At("x"), "x", {}).code(), Code::kWouldBlock);
  EXPECT_EQ(store().Remove(At("warm")).code(), Code::kWouldBlock);
  EXPECT_EQ(store().Copy(At("warm"), At("x"), {}).code(), Code::kWouldBlock);
  if (!under_test().reads_stay_warm()) return;
  auto reader = store().Open(At("warm"), {});
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  std::string out(5, '\0');
  const auto got = (*reader)->ReadAt(0, out);
  ASSERT_TRUE(got.ok()) << got.status().ToString();
  EXPECT_EQ(out, "bytes");
  auto stream = store().OpenStream(At("warm"), {1, 3});
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  EXPECT_EQ(ReadAll(**stream, 10).value(), "yte");
}

struct Seen {
  std::vector<std::string> keys;
  std::map<std::string, std::string> checksums, addresses;
};

Result<Seen> WalkAll(ObjectStore& store, std::string_view source, WalkKind kind) {
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWalker> walker,
                  store.Walk({.source_uri = source, .kind = kind}));
  Seen seen;
  for (;;) {
    TARN_TRY_ASSIGN(const std::unique_ptr<WalkBatch> batch, walker->Next());
    if (!batch) return seen;
    const size_t before = seen.keys.size();
    TARN_TRY(batch->Read([&](const WalkedObject& object) {
      seen.keys.emplace_back(object.relative_key);
      seen.checksums[seen.keys.back()] = object.checksum;
      seen.addresses[seen.keys.back()] = object.address;
    }));
    EXPECT_EQ(seen.keys.size() - before, batch->size());
  }
}

TEST_P(ObjectStoreSuite, WalksInByteOrder) {
  const std::vector<std::string> sorted = {"A",  "a-/z",  "a.b", "a/b",     "a/c/d",    "a/c/e",
                                           "a0", "a0/x0", "b",   "long/er", "z\xc3\xbc"};
  for (const std::string& key : sorted) {
    if (key != "a0") Put("src/" + key, "content of " + key);
  }
  Put("srcs/outside", "x");
  const auto seen = WalkAll(store(), under_test().walk_source(), WalkKind::kPrefix);
  ASSERT_TRUE(seen.ok()) << seen.status().ToString();
  std::vector<std::string> expected = sorted;
  std::erase(expected, "a0");
  EXPECT_EQ(seen->keys, expected);
  EXPECT_EQ(seen->checksums.at("a/b"), ToHex(AsView(Md5("content of a/b"))));
  const std::string address = seen->addresses.at("a/b");
  const auto got = GetObject(store(), {"", address, AddressType::kFull}, 100);
  ASSERT_TRUE(got.ok()) << address << got.status().ToString();
  EXPECT_EQ(*got, "content of a/b");
}

TEST_P(ObjectStoreSuite, WalksGoOnWhereTheyEnded) {
  std::vector<std::string> keys;
  for (int i = 0; i < 280; ++i) keys.push_back("d" + std::to_string(i % 7) + "/" + Padded(i));
  keys.insert(keys.end(), {"d0-x", "d3", "d3!", "e/f/g"});
  std::erase(keys, "d3");
  for (const std::string& key : keys) Put("src/" + key, key);
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> seen;
  std::string continuation;
  for (bool more = true; more;) {
    const std::string source = under_test().walk_source();
    auto walker = store().Walk({.source_uri = source, .continuation = continuation});
    ASSERT_TRUE(walker.ok()) << walker.status().ToString();
    auto batch = (*walker)->Next();
    ASSERT_TRUE(batch.ok()) << batch.status().ToString();
    more = *batch != nullptr;
    if (!more) break;
    ASSERT_TRUE(
        (*batch)
            ->Read([&](const WalkedObject& object) { seen.emplace_back(object.relative_key); })
            .ok());
    continuation = (*walker)->continuation();
    EXPECT_NE(continuation, "");
  }
  EXPECT_EQ(seen, keys);

  const std::string single = under_test().walk_source() + "e/f/g";
  auto walker = store().Walk({.source_uri = single, .kind = WalkKind::kObject});
  ASSERT_TRUE(walker.ok());
  EXPECT_EQ((*walker)->continuation(), "");
  ASSERT_TRUE((*walker)->Next().ok());
  continuation = (*walker)->continuation();
  walker =
      store().Walk({.source_uri = single, .kind = WalkKind::kObject, .continuation = continuation});
  ASSERT_TRUE(walker.ok()) << walker.status().ToString();
  EXPECT_EQ((*walker)->Next().value(), nullptr);
}

TEST_P(ObjectStoreSuite, ListsItsNamespaceInByteOrder) {
  const std::vector<std::string> sorted = {"A",     "a-/z", "a.b",  "a/b",     "a/c/d",
                                           "a/c/e", "a0/x", "b%41", "long/er", "z\xc3\xbc"};
  for (const std::string& key : sorted) Put(key, key);
  const std::string outside = storage_namespace() + "-other";
  ASSERT_TRUE(PutObject(store(), {outside, "x"}, "x").ok());
  const auto list = [&](std::string_view prefix, size_t objects_max) {
    std::vector<std::string> keys;
    std::string continuation;
    for (;;) {
      const auto page = store().List({storage_namespace(), prefix, continuation, objects_max});
      EXPECT_TRUE(page.ok()) << page.status().ToString();
      if (!page.ok()) return keys;
      EXPECT_LE(page->objects.size(), objects_max);
      for (const ListedObject& object : page->objects) {
        EXPECT_EQ(object.size, static_cast<int64_t>(object.address.size()));
        EXPECT_GT(object.last_modified.seconds, 1500000000);
        keys.push_back(object.address);
      }
      if (page->continuation.empty()) return keys;
      continuation = page->continuation;
    }
  };
  for (const size_t page : {1, 2, 3, 100}) EXPECT_EQ(list("", page), sorted) << page;
  using Keys = std::vector<std::string>;
  EXPECT_EQ(list("a/", 1), (Keys{"a/b", "a/c/d", "a/c/e"}));
  EXPECT_EQ(list("a/c", 10), (Keys{"a/c/d", "a/c/e"}));
  EXPECT_EQ(list("a", 2), (Keys{"a-/z", "a.b", "a/b", "a/c/d", "a/c/e", "a0/x"}));
  EXPECT_EQ(list("b%", 2), Keys{"b%41"});
  EXPECT_EQ(list("c", 2), Keys{});
  EXPECT_EQ(list("a/b", 2), Keys{"a/b"});
  EXPECT_EQ(list("a/b/", 2), Keys{});
  // What was removed between two pages changes nothing for the rest.
  const auto first = store().List({storage_namespace(), "a", {}, 3});
  ASSERT_TRUE(first.ok() && first->objects.size() == 3);
  ASSERT_TRUE(store().Remove(At("a/b")).ok());
  ASSERT_TRUE(store().Remove(At("a/c/d")).ok());
  const auto second = store().List({storage_namespace(), "a", first->continuation, 3});
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->objects.size(), 2u);
  EXPECT_EQ(second->objects[0].address, "a/c/e");
  EXPECT_EQ(store().List({storage_namespace() + "-none", "", {}, 3}).value().objects.size(), 0u);
}

TEST_P(ObjectStoreSuite, ListsManyOnce) {
  std::vector<std::string> keys;
  for (int i = 0; i < 120; ++i) keys.push_back("d" + std::to_string(i % 9) + "/" + Padded(i));
  for (const std::string& key : keys) Put(key, "x");
  std::sort(keys.begin(), keys.end());
  std::vector<std::string> seen;
  std::string continuation;
  do {
    const auto page = store().List({storage_namespace(), "", continuation, 11});
    ASSERT_TRUE(page.ok()) << page.status().ToString();
    for (const ListedObject& object : page->objects) seen.push_back(object.address);
    continuation = page->continuation;
  } while (!continuation.empty());
  EXPECT_EQ(seen, keys);
}

TEST_P(ObjectStoreSuite, RemovesManyAtOnce) {
  for (int i = 0; i < 5; ++i) Put("r/" + std::to_string(i), "x");
  const std::vector<std::string> gone = {"r/0", "r/3", "r/absent"};
  ASSERT_TRUE(store().RemoveAll(storage_namespace(), gone).ok());
  EXPECT_EQ(store().List({storage_namespace(), "r/", {}, 10}).value().objects.size(), 3u);
}

TEST_P(ObjectStoreSuite, SaysWhetherItPresigns) {
  const auto url = store().Presign({.object = At("x"), .server_url = "https://host"});
  EXPECT_EQ(url.ok(), store().info().presign_support);
  if (url.ok()) return;
  EXPECT_EQ(url.code(), Code::kUnsupported);
  EXPECT_EQ(url.status().message(),
            store().info().type + " adapter presigned URL: operation not supported");
}

TEST_P(ObjectStoreSuite, WalksOneObject) {
  Put("src/one", "1");
  Put("src/one.more", "2");
  const std::string source = under_test().walk_source() + "one";
  const auto seen = WalkAll(store(), source, WalkKind::kObject);
  ASSERT_TRUE(seen.ok()) << seen.status().ToString();
  EXPECT_EQ(seen->keys, std::vector<std::string>{""});
  EXPECT_EQ(seen->addresses.at(""), source);
  const auto absent = WalkAll(store(), source + "x", WalkKind::kObject);
  EXPECT_TRUE(!absent.ok() || absent->keys.empty()) << "as the reference: refused, or nothing";
}

TEST_P(ObjectStoreSuite, WalksManyInOrder) {
  std::vector<std::string> keys;
  for (int i = 0; i < 600; ++i) {
    keys.push_back("d" + std::to_string(i % 12) + "/part-000" + std::to_string(i * 7919 % 600));
  }
  for (const std::string& key : keys) Put("src/" + key, key);
  std::sort(keys.begin(), keys.end());
  const auto seen = WalkAll(store(), under_test().walk_source(), WalkKind::kPrefix);
  ASSERT_TRUE(seen.ok()) << seen.status().ToString();
  EXPECT_EQ(seen->keys, keys);
}

TEST_P(ObjectStoreSuite, StopsWhenAsked) {
  for (int i = 0; i < 10; ++i) Put("src/" + std::to_string(i), "x");
  std::atomic<bool> stopped = false;
  const std::string source = under_test().walk_source();
  auto walker = store().Walk({.source_uri = source, .stop = [&] { return +stopped; }});
  ASSERT_TRUE(walker.ok());
  auto batch = (*walker)->Next();
  ASSERT_TRUE(batch.ok() && *batch);
  stopped = true;
  EXPECT_EQ((*batch)->Read([](const WalkedObject&) {}).code(), Code::kCancelled);
}

TEST_P(ObjectStoreSuite, RefusesForeignSources) {
  const std::string other = store().info().type == "gs" ? "s3://bucket/x" : "gs://bucket/x";
  for (const std::string& source :
       {other, std::string("abc://x/y"), std::string("::"), std::string(), std::string("x/y")}) {
    EXPECT_EQ(store().Walk({.source_uri = source}).code(), Code::kInvalidAddress) << source;
  }
}

TEST_P(ObjectStoreSuite, ManyWritersAtOnce) {
  constexpr int kThreads = 8, kEach = 40;
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name =
            "data/" + std::to_string(i % 3) + "/" + std::to_string(t * 1000 + i);
        if (!PutObject(store(), At(name), name).ok()) ++failed;
        if (!PutObject(store(), At("shared"), name).ok()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kEach; ++i) {
      const std::string name = "data/" + std::to_string(i % 3) + "/" + std::to_string(t * 1000 + i);
      ASSERT_EQ(Get(name), name);
    }
  }
  EXPECT_TRUE(Get("shared").starts_with("data/"));
}

}  // namespace
}  // namespace tarn::block
