// The tests that every ObjectStore passes. A backend adds one INSTANTIATE_TEST_SUITE_P with a
// factory of fresh stores (see block_store_test.cc).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "block/object_store.h"

namespace tarn::block {

/// A fresh, empty store and what keeps it alive.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual ObjectStore& store() = 0;
  /// Namespace to write to, without trailing slash.
  virtual std::string storage_namespace() const = 0;
  /// A source URI, with trailing slash, that the objects written under "src/" are walked by.
  virtual std::string walk_source() const = 0;
  /// False if Open and ReadAt may answer kWouldBlock for what was just read.
  virtual bool reads_stay_warm() const { return true; }
  /// False if readers and streams may fail once the name of their object is gone.
  virtual bool readers_outlive_names() const { return true; }
  /// Between two moments that the times of objects tell apart.
  virtual int time_step_ms() const { return 10; }
  /// False if full addresses are URLs, in which an escape stands for its character.
  virtual bool full_addresses_keep_escapes() const { return true; }
};

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
  std::string missing = {};  ///< What is not there and would be needed; the tests are skipped.
};

class ObjectStoreSuite : public testing::TestWithParam<StoreFactory> {
 protected:
  void SetUp() override {
    if (!GetParam().missing.empty()) GTEST_SKIP() << GetParam().missing;
    under_test_ = GetParam().make();
    ASSERT_NE(under_test_, nullptr);
    storage_namespace_ = under_test_->storage_namespace();
  }
  ObjectStore& store() { return under_test_->store(); }
  StoreUnderTest& under_test() { return *under_test_; }
  const std::string& storage_namespace() const { return storage_namespace_; }
  ObjectPointer At(std::string_view address) const { return {storage_namespace_, address}; }
  void Put(std::string_view address, std::string_view bytes);
  /// The object's bytes, or the status as text.
  std::string Get(std::string_view address);

 private:
  std::unique_ptr<StoreUnderTest> under_test_;
  std::string storage_namespace_;
};

}  // namespace tarn::block
