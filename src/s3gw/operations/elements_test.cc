#include "s3gw/operations/elements.h"

#include <gtest/gtest.h>

#include <string>

#include "s3gw/operations/operation.h"
#include "s3gw/operations/refusal.h"
#include "s3gw/signing/hoisted.h"

namespace tarn::s3gw {
namespace {

/// A name that an element stands for.
std::string Instance(const Element& element) {
  std::string name(element.name);
  if (name.ends_with('*')) name.back() = 'a';
  return name;
}

std::optional<Failure> WithHeader(const Operation& operation, std::string_view name,
                                  std::string_view value) {
  http::RequestHead head;
  head.headers.emplace_back(name, value);
  return FindRefusal(operation, head, Query(), false);
}

std::optional<Failure> WithParameter(const Operation& operation, std::string_view name,
                                     std::string_view value) {
  Query query;
  query.Add(std::string(name), std::string(value));
  return FindRefusal(operation, http::RequestHead(), query, false);
}

const Operation& Find(std::string_view event) {
  for (const Operation& operation : Operations())
    if (operation.event == event) return operation;
  return NotFoundOperation();
}

TEST(Elements, WhatIsPassedOverHasAReason) {
  for (const auto all : {HeaderElements(), ParameterElements()}) {
    for (const Element& element : all) {
      EXPECT_EQ(element.harmless.has_value(), !element.why.empty()) << element.name;
    }
  }
}

TEST(Elements, RowsHonourElements) {
  for (const Operation& operation : Operations()) {
    for (const Names names : operation.honoured) {
      for (const std::string_view name : names) {
        EXPECT_TRUE(FindHeaderElement(name) != nullptr || FindParameterElement(name) != nullptr)
            << operation.kind->id << " " << name;
      }
    }
    if (!operation.selector.query.empty()) {
      EXPECT_NE(FindParameterElement(operation.selector.query), nullptr) << operation.kind->id;
    }
  }
}

TEST(Elements, AreHonouredHarmlessOrRefusedByEachOperation) {
  constexpr std::string_view kValue = "some value";
  const auto expect = [](const Operation& operation, const Element& element,
                         const std::optional<Failure>& refused) {
    const bool passes = operation.refuses_all || Honours(operation, element.name) ||
                        element.harmless == std::string_view("*");
    EXPECT_EQ(refused.has_value(), !passes) << operation.kind->id << " " << element.name;
    if (refused) {
      EXPECT_EQ(refused->error, element.error);
      EXPECT_EQ(refused->detail, Instance(element));
    }
  };
  for (const Operation& operation : Operations()) {
    for (const Element& element : HeaderElements())
      expect(operation, element, WithHeader(operation, Instance(element), kValue));
    for (const Element& element : ParameterElements())
      expect(operation, element, WithParameter(operation, element.name, kValue));
  }
}

TEST(Elements, UnknownOnesAreRefusedIfTheyAreHeadersOfS3) {
  for (const Operation& operation : Operations()) {
    if (operation.refuses_all) continue;
    EXPECT_TRUE(WithHeader(operation, "X-AMZ-Brand-New", "1")) << operation.kind->id;
    EXPECT_FALSE(WithHeader(operation, "x-amzn-trace-id", "1")) << operation.kind->id;
    EXPECT_FALSE(WithHeader(operation, "X-Forwarded-For", "1")) << operation.kind->id;
    EXPECT_FALSE(WithHeader(operation, "amz-sdk-request", "1")) << operation.kind->id;
    EXPECT_FALSE(WithParameter(operation, "brand-new", "1")) << operation.kind->id;
  }
}

TEST(Elements, SomeValuesAreHarmless) {
  const Operation& put = Find("put_object");
  EXPECT_FALSE(WithHeader(put, "X-Amz-Acl", "private"));
  EXPECT_FALSE(WithHeader(put, "x-amz-acl", "bucket-owner-full-control"));
  for (const char* value : {"public-read", "", "privat", "private|bucket-owner-full-control", "*"})
    EXPECT_TRUE(WithHeader(put, "x-amz-acl", value)) << value;
  EXPECT_FALSE(WithHeader(put, "x-amz-storage-class", "STANDARD"));
  EXPECT_TRUE(WithHeader(put, "x-amz-storage-class", "GLACIER"));
  EXPECT_FALSE(WithHeader(put, "x-amz-copy-source", ""));
}

TEST(Elements, SubResourcesMayBePassedOverButNotHeaders) {
  const Operation& get = Find("get_object");
  http::RequestHead head;
  EXPECT_TRUE(FindRefusal(get, head, Query("acl"), false));
  EXPECT_FALSE(FindRefusal(get, head, Query("acl"), true));
  head.headers.emplace_back("x-amz-mfa", "1");
  EXPECT_TRUE(FindRefusal(get, head, Query("acl"), true));
}

TEST(HoistedHeaders, AreThoseOfTheQueryThatAreNotSent) {
  http::RequestHead head;
  head.headers = {{"Host", "h"}, {"X-Amz-Meta-A", "sent"}};
  const Query none("x-id=PutObject&X-Amz-Date=d&X-Amz-Signature=s&X-Amz-Expires=9");
  EXPECT_EQ(HeadWithHoisted(head, none), nullptr);
  const Query some("x-amz-meta-a=1&X-Amz-Acl=public-read&X-Amz-Algorithm=a");
  const auto hoisted = HeadWithHoisted(head, some);
  ASSERT_NE(hoisted, nullptr);
  EXPECT_EQ(hoisted->headers.size(), 3U);
  EXPECT_EQ(hoisted->Get("x-amz-meta-a"), "sent");
  EXPECT_EQ(hoisted->Get("x-amz-acl"), "public-read");
  EXPECT_TRUE(FindRefusal(Find("put_object"), *hoisted, some, false));
}

}  // namespace
}  // namespace tarn::s3gw
