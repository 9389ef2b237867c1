#include "kv/postgres/connection_string.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kv/postgres/schema.h"
#include "kv/postgres/statements.h"
#include "kv/postgres/status.h"

namespace tarn::kv::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::pair<std::string, std::string>>;

ConnectionSettings Read(std::string_view text) {
  auto settings = ReadConnectionString(text);
  EXPECT_TRUE(settings.ok()) << settings.status().ToString();
  return settings.ok() ? *std::move(settings) : ConnectionSettings();
}

TEST(ConnectionString, BothFormsSayTheSame) {
  for (const char* text :
       {"postgres://u%40x:p%2Fw@db.example.com:6432/lake?sslmode=disable",
        "postgresql://db.example.com:6432/lake?user=u%40x&password=p%2Fw&sslmode=disable",
        "host=db.example.com port = 6432 dbname=lake user=u@x password='p/w' sslmode=disable",
        "  host='db.example.com'\tport=6432 user=u\\@x dbname=lake password=p\\/w "
        "sslmode=disable"}) {
    const ConnectionSettings read = Read(text);
    for (const auto& [name, value] : Words{{"host", "db.example.com"},
                                           {"port", "6432"},
                                           {"dbname", "lake"},
                                           {"user", "u@x"},
                                           {"password", "p/w"},
                                           {"sslmode", "disable"},
                                           {"options", ""}}) {
      EXPECT_EQ(read.Find(name), value) << text;
    }
    EXPECT_EQ(read.table, "kv");
    EXPECT_FALSE(read.named_statements);
  }
  EXPECT_EQ(Read("").keywords, Words());
  EXPECT_EQ(Read("postgres://a:1,b:2/x").Find("host"), "a,b");
  EXPECT_EQ(Read("postgres://h/x?host=other").Find("host"), "other") << "the later counts";
}

TEST(ConnectionString, WordsOfTheReference) {
  const ConnectionSettings read = Read(
      "postgres://h/x?lakefskv_table=my%22kv&default_query_exec_mode=cache_statement"
      "&pool_max_conns=3&statement_cache_capacity=0&search_path=a%20b&statement_timeout=5000");
  EXPECT_EQ(read.table, "my\"kv");
  EXPECT_TRUE(read.named_statements);
  EXPECT_EQ(read.Find("options"), "-c search_path=a\\ b -c statement_timeout=5000");
  EXPECT_EQ(read.Find("pool_max_conns"), "");
  EXPECT_EQ(Read("options='-c geqo=off' work_mem=1MB").Find("options"),
            "-c geqo=off -c work_mem=1MB");
  EXPECT_FALSE(Read("default_query_exec_mode=exec").named_statements);
}

TEST(ConnectionString, WhatCannotBeIsRefusedWithoutItsSecrets) {
  for (const std::string text :
       {"hunter2", "password='hunter2", "host=h password hunter2", "postgres://u:hunter2@[::1",
        "postgres://u:hunter2@h/x?y", "postgres://u:hunter2@h/?a=%2",
        "postgres://u:hunter2@h/x?a%20b=hunter2", "host=h default_query_exec_mode=hunter2",
        "host=h lakefskv_table=", "postgres://u:hunter2@h/x?lakefskv_table="}) {
    const auto read = ReadConnectionString(text);
    EXPECT_EQ(read.code(), Code::kInvalidValue) << text;
    EXPECT_THAT(read.status().ToString(), HasSubstr("database.postgres.connection_string: "));
    EXPECT_THAT(read.status().ToString(), Not(HasSubstr("hunter2")));
  }
  EXPECT_FALSE(ReadConnectionString("host=h lakefskv_table=" + std::string(61, 't')).ok());
  EXPECT_FALSE(ReadConnectionString(std::string("host=h\0x", 8)).ok());
}

TEST(Statements, NamesAreQuoted) {
  EXPECT_EQ(Quoted("kv"), "\"kv\"");
  EXPECT_EQ(Quoted("a\"b"), "\"a\"\"b\"");
  EXPECT_THAT(Statements("a\"b").Text(Verb::kGet), HasSubstr("FROM \"a\"\"b\" WHERE"));
}

TEST(Schema, TheLockIsTheReferences) { EXPECT_EQ(LockNumber("kv"), 4109714936U); }

TEST(Status, StatesSayWhetherToTryAgain) {
  const auto of = [](std::string_view state) { return ToStatus(state, "text\n"); };
  for (const char* state :
       {"", "08006", "08P01", "40001", "40P01", "57P01", "57P03", "53300", "25006", "55P03"}) {
    EXPECT_EQ(of(state).retry(), Retry::kLater) << state;
    EXPECT_EQ(of(state).code(), Code::kIo) << state;
  }
  for (const char* state : {"28P01", "3D000", "42501", "42P01", "57014", "22023", "P0001"}) {
    EXPECT_EQ(of(state).retry(), Retry::kNever) << state;
  }
  EXPECT_EQ(of("40003").retry(), Retry::kConflict) << "it may have happened";
  EXPECT_EQ(of("53100").code(), Code::kNoSpace);
  EXPECT_EQ(of("54000").code(), Code::kTooLarge);
  EXPECT_EQ(of("XX001").code(), Code::kCorrupt);
  EXPECT_EQ(of("42P01").message(), "database: text (SQLSTATE 42P01)");
  EXPECT_TRUE(IsFull(RefusedStatus("FATAL:  sorry, too many clients already")));
  EXPECT_EQ(RefusedStatus("FATAL:  password authentication failed for user \"x\"").retry(),
            Retry::kNever);
  EXPECT_EQ(RefusedStatus("Connection refused").retry(), Retry::kLater);
}

}  // namespace
}  // namespace tarn::kv::postgres
