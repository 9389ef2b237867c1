// Tests of the chunked transfer coding.
#include "http/chunk_decoder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace tarn::http {
namespace {

struct Outcome {
  std::string body;
  std::string rest;
  bool done = false, bad = false;
};

/// Decodes `bytes` in pieces of `step`, in place.
Outcome DecodeAll(const std::string& bytes, size_t step) {
  ChunkDecoder decoder;
  Outcome outcome;
  size_t at = 0;
  while (at < bytes.size() && !decoder.done() && !decoder.bad()) {
    std::string piece = bytes.substr(at, step);
    const auto result = decoder.Decode(piece.data(), piece.size(), piece.data());
    outcome.body.append(piece, 0, result.produced);
    at += result.consumed;
  }
  outcome.rest = bytes.substr(at);
  outcome.done = decoder.done();
  outcome.bad = decoder.bad();
  return outcome;
}

TEST(ChunkDecoderTest, DecodesAnyCut) {
  const std::string bytes =
      "5\r\nhello\r\n1;name=\"v\"\r\n \r\n00A \t\r\n0123456789\r\n0;x\r\nTrailer: "
      "y\r\nZ:\r\n\r\nGET";
  for (size_t step = 1; step <= bytes.size(); ++step) {
    const Outcome outcome = DecodeAll(bytes, step);
    EXPECT_TRUE(outcome.done) << step;
    EXPECT_EQ(outcome.body, "hello 0123456789") << step;
    EXPECT_EQ(outcome.rest, "GET") << step;
  }
}

TEST(ChunkDecoderTest, RefusesWhatIsMalformed) {
  for (const char* bytes : {"\r\n", "g\r\n", "-1\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1\na\r\n",
                            "1\r\nab\r\n", "1\r\na\n", "1\r\na\rx", "1;x\ny\r\n", "0\r\nA: b\n\r\n",
                            "0\r\n\rx", "1000000000000000\r\n", "1\rx", "1;\x01\r\n"}) {
    EXPECT_TRUE(DecodeAll(bytes, 100).bad) << bytes;
  }
  EXPECT_TRUE(DecodeAll("1;" + std::string(20000, 'x') + "\r\n", 512).bad);
  EXPECT_TRUE(DecodeAll("0\r\n" + std::string(20000, 'x') + "\r\n", 512).bad);
}

TEST(ChunkDecoderTest, RoundTripsRandomBodies) {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    std::string body, coded;
    for (unsigned i = random() % 20; i > 0; --i) {
      std::string chunk(1 + random() % 300, static_cast<char>('a' + random() % 26));
      char size[16];
      std::snprintf(size, sizeof size, random() % 2 ? "%zx\r\n" : "%04zX\r\n", chunk.size());
      coded += size + chunk + "\r\n";
      body += chunk;
    }
    coded += "0\r\n\r\n";
    const Outcome outcome = DecodeAll(coded, 1 + random() % 400);
    EXPECT_TRUE(outcome.done);
    EXPECT_EQ(outcome.body, body);
  }
}

}  // namespace
}  // namespace tarn::http
