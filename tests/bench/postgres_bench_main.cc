// Small writes to the KV in PostgreSQL, as staging makes them, beside the bare statement through
// libpq: what exact outcomes and a pool cost (docs/operating/databases.md).
//
// Usage: postgres_bench CONNECTION_STRING THREADS WRITES_EACH. The database should be empty; its
// rows of partition "bench" are removed. Prints a row for each way.

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "kv/postgres/postgres_store.h"

namespace {

using Clock = std::chrono::steady_clock;
using tarn::Status;

constexpr size_t kBatch = 100;
const std::string kPartition = "bench", kValue(300, 'v');

void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

std::string KeyOf(int thread, int write) {
  return "data/thread-" + std::to_string(thread) + "/file-" + std::to_string(write);
}

/// Runs `work(thread)`, which gives back the milliseconds of each of its calls, in all threads.
void Measure(const char* name, int threads, size_t writes_of_call,
             const std::function<std::vector<double>(int)>& work) {
  std::vector<std::vector<double>> each(static_cast<size_t>(threads));
  std::vector<std::thread> running;
  const auto begun = Clock::now();
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] { each[static_cast<size_t>(t)] = work(t); });
  }
  for (auto& thread : running) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::vector<double> all;
  for (const auto& some : each) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) {
    return all[static_cast<size_t>(share * static_cast<double>(all.size() - 1))];
  };
  std::printf("%-24s %8.0f writes/s   p50 %6.2f ms   p99 %6.2f ms\n", name,
              static_cast<double>(all.size() * writes_of_call) / seconds, at(0.5), at(0.99));
}

std::vector<double> Repeat(int calls, const std::function<void(int)>& call) {
  std::vector<double> ms;
  for (int i = 0; i < calls; ++i) {
    const auto begun = Clock::now();
    call(i);
    ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
  }
  return ms;
}

std::vector<double> Bare(const std::string& connection_string, int thread, int writes) {
  PGconn* const connection = PQconnectdb(connection_string.c_str());
  Require(PQstatus(connection) == CONNECTION_OK, PQerrorMessage(connection));
  const char* const text =
      "INSERT INTO kv (partition_key, key, value) VALUES ($1, $2, $3) "
      "ON CONFLICT (partition_key, key) DO UPDATE SET value = EXCLUDED.value";
  const Oid types[] = {17, 17, 17};
  PQclear(PQprepare(connection, "set", text, 3, types));
  auto ms = Repeat(writes, [&](int i) {
    const std::string key = KeyOf(thread, i);
    const char* const values[] = {kPartition.c_str(), key.c_str(), kValue.c_str()};
    const int lengths[] = {int(kPartition.size()), int(key.size()), int(kValue.size())};
    const int formats[] = {1, 1, 1};
    PGresult* const done = PQexecPrepared(connection, "set", 3, values, lengths, formats, 1);
    Require(PQresultStatus(done) == PGRES_COMMAND_OK, PQerrorMessage(connection));
    PQclear(done);
  });
  PQfinish(connection);
  return ms;
}

void MeasureDriver(const std::string& connection_string, int threads, int writes) {
  tarn::kv::postgres::Options options;
  options.connection_string = connection_string;
  options.pool.open_max = options.pool.idle_max = static_cast<size_t>(threads);
  const auto store = tarn::kv::postgres::Open(options);
  Require(store.ok(), store.status().ToString());
  const auto must = [](const Status& status) { Require(status.ok(), status.ToString()); };
  must((*store)->Drop(kPartition, ""));
  Measure("Set", threads, 1, [&](int t) {
    return Repeat(writes, [&](int i) { must((*store)->Set(kPartition, KeyOf(t, i), kValue)); });
  });
  Measure("Get", threads, 1, [&](int t) {
    return Repeat(writes, [&](int i) { must((*store)->Get(kPartition, KeyOf(t, i)).status()); });
  });
  Measure("SetMany of 100", threads, kBatch, [&](int t) {
    return Repeat(writes / static_cast<int>(kBatch), [&](int i) {
      std::vector<std::string> keys;
      for (size_t k = 0; k < kBatch; ++k) keys.push_back(KeyOf(t, i) + std::to_string(k));
      std::vector<tarn::kv::Put> puts;
      for (const std::string& key : keys) puts.push_back({key, kValue});
      for (const Status& status : (*store)->SetMany(kPartition, puts)) must(status);
    });
  });
  must((*store)->Drop(kPartition, ""));
}

/// With named statements.
std::string Named(const std::string& connection_string) {
  const char* joint = " ";
  if (connection_string.find("://") != std::string::npos) {
    joint = connection_string.find('?') == std::string::npos ? "?" : "&";
  }
  return connection_string + joint + "default_query_exec_mode=cache_statement";
}

}  // namespace

int main(int argc, char** argv) {
  Require(argc == 4, "usage: postgres_bench CONNECTION_STRING THREADS WRITES_EACH");
  const std::string connection_string = argv[1];
  const int threads = std::atoi(argv[2]), writes = std::atoi(argv[3]);
  Require(threads > 0 && writes > 0, "THREADS and WRITES_EACH");
  std::printf("no named statements\n");
  MeasureDriver(connection_string, threads, writes);
  std::printf("named statements\n");
  MeasureDriver(Named(connection_string), threads, writes);
  std::printf("libpq\n");
  Measure("the bare statement", threads, 1,
          [&](int t) { return Bare(connection_string, t, writes); });
}
