#include "s3gw/signing/aws_chunked.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace tarn::s3gw {
namespace {

using Decoder = AwsChunkedDecoder;
using Event = Decoder::Event;

/// All that comes out of a body: sizes, signatures, data and trailers as one text.
std::string Decode(std::string_view body, size_t piece_size, Decoder::End end) {
  Decoder decoder(end);
  std::string out;
  for (size_t at = 0; at < body.size() || at == 0; at += piece_size) {
    // A copy of its own, so that a sanitizer sees views that outlive it.
    const std::string piece(body.substr(at, piece_size));
    std::string_view input = piece;
    for (Event event = decoder.Next(&input); event != Event::kMore; event = decoder.Next(&input)) {
      if (event == Event::kBad) {
        EXPECT_FALSE(decoder.complete());
        return out + "[" + std::string(decoder.problem()) + "]";
      }
      if (event == Event::kChunk) out += "<" + std::to_string(decoder.chunk_bytes()) + ">";
      if (event == Event::kData) out += decoder.data();
      if (event == Event::kChunkEnd) out += "(" + std::string(decoder.chunk_signature()) + ")";
      if (event == Event::kTrailer) {
        out += "{" + std::string(decoder.trailer_name()) + "=" +
               std::string(decoder.trailer_value()) + "}";
      }
    }
    EXPECT_TRUE(input.empty());
  }
  return out + (decoder.complete() ? "." : "?");
}

/// The same for the whole body and every way to cut it into equal pieces.
std::string Decoded(std::string_view body, Decoder::End end = Decoder::End::kPlain) {
  const std::string whole = Decode(body, body.size() + 1, end);
  for (size_t size = 1; size <= body.size(); ++size) {
    EXPECT_EQ(Decode(body, size, end), whole) << "pieces of " << size;
  }
  return whole;
}

std::string WithTrailers(std::string_view body) {
  return Decoded(body, Decoder::End::kWithTrailers);
}

TEST(AwsChunked, Chunks) {
  EXPECT_EQ(Decoded("0\r\n"), "<0>().");
  EXPECT_EQ(Decoded("0\r\n\r\n"), "<0>().");
  EXPECT_EQ(Decoded("3\r\nabc\r\n0\r\n\r\n"), "<3>abc()<0>().");
  EXPECT_EQ(Decoded("3;chunk-signature=12\r\na\nb\r\n0;chunk-signature=3f\r\n\r\n"),
            "<3>a\nb(12)<0>(3f).");
  EXPECT_EQ(Decoded("00000000000000A \t\r\n0123456789\r\n00\n"), "<10>0123456789()<0>().");
  EXPECT_EQ(Decoded("1\r\na\r\n2\r\nbc\r\n0\r\n"), "<1>a()<2>bc()<0>().");
}

TEST(AwsChunked, BrokenOffChunks) {
  EXPECT_EQ(Decoded(""), "?");
  EXPECT_EQ(Decoded("0"), "?");
  EXPECT_EQ(Decoded("3\r\nab"), "<3>ab?");
  EXPECT_EQ(Decoded("3\r\nabc"), "<3>abc()?");
  EXPECT_EQ(Decoded("3\r\nabc\r\n"), "<3>abc()?");
  EXPECT_EQ(Decoded("0\r\n\r"), "<0>()?");
  EXPECT_EQ(Decoded("7fffffffffffffff\r\nabc"), "<9223372036854775807>abc?");
}

TEST(AwsChunked, BrokenChunks) {
  const std::string no_number = "[a chunk size is no number]";
  for (const char* bad :
       {"\r\n", "zz\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 ;\r\n", ";\r\n",
        "00000000000000001\r\n", "ffffffffffffffff\r\n", "8000000000000000\r\n"}) {
    EXPECT_EQ(Decoded(bad), no_number) << bad;
  }
  EXPECT_EQ(Decoded("1;a=b\r\n"), "[a chunk has an unknown extension]");
  EXPECT_EQ(Decoded("1;\r\n"), "[a chunk has an unknown extension]");
  EXPECT_EQ(Decoded("1\r\nab\r\n"), "<1>a()[a chunk is longer than its size]");
  EXPECT_EQ(Decoded("1\r\na\n0\r\n"), "<1>a()[a chunk is longer than its size]");
  EXPECT_EQ(Decoded("1\r\na\r0\r\n"), "<1>a()[a chunk is longer than its size]");
  EXPECT_EQ(Decoded("0\r\nx"), "<0>()[something follows the last chunk]");
  EXPECT_EQ(Decoded("0\r\n\rx"), "<0>()[something follows the last chunk]");
  EXPECT_EQ(Decoded("0\r\n\r\n\r\n"), "<0>()[something follows the last chunk]");
}

TEST(AwsChunked, Trailers) {
  const std::string good = "<1>a()<0>(){n=v}.";
  for (const char* end : {"n:v\n", "n:v\r\n", "n:v\r\n\r\n", "n:v\n\r\n", "n:v\n\r\n\r\n",
                          "\r\nn:v\r\n\r\n", "n:v \t\r\n"}) {
    EXPECT_EQ(WithTrailers(std::string("1\r\na\r\n0\r\n") + end), good) << end;
  }
  EXPECT_EQ(WithTrailers("0\r\na:b:c\r\nd:\r\n\r\n"), "<0>(){a=b:c}{d=}.");
  EXPECT_EQ(WithTrailers("0\r\n"), "<0>().") << "what must be there is for others to say";
  EXPECT_EQ(WithTrailers("0\r\nn:v"), "<0>()?");
  EXPECT_EQ(WithTrailers("0\r\nn\r\n"), "<0>()[a trailer has no value]");
}

TEST(AwsChunked, LimitsOfLines) {
  const auto decode = [](const std::string& body, Decoder::End end = Decoder::End::kPlain) {
    const std::string whole = Decode(body, body.size(), end);
    for (const size_t size : {1UL, 7UL, 4095UL, 4096UL}) {
      EXPECT_EQ(Decode(body, size, end), whole) << size;
    }
    return whole;
  };
  const auto line = [](size_t size) { return "0" + std::string(size - 2, ' ') + "\r"; };
  EXPECT_EQ(decode(line(Decoder::kLineBytesMax) + "\n"), "<0>().");
  EXPECT_EQ(decode(line(Decoder::kLineBytesMax + 1) + "\n"), "[a line is too long]");
  EXPECT_EQ(decode(std::string(100'000, '0')), "[a line is too long]");
  std::string trailers = "0\r\n";
  for (size_t i = 0; i <= Decoder::kTrailerBytesMax; ++i) trailers += "\n";
  EXPECT_EQ(decode(trailers, Decoder::End::kWithTrailers), "<0>()[there are too many trailers]");
  trailers.pop_back();
  EXPECT_EQ(decode(trailers, Decoder::End::kWithTrailers), "<0>().");
}

TEST(AwsChunked, DataIsNotCopied) {
  const std::string body = "5\r\nhello\r\n0\r\n";
  Decoder decoder(Decoder::End::kPlain);
  std::string_view input = body;
  ASSERT_EQ(decoder.Next(&input), Event::kChunk);
  ASSERT_EQ(decoder.Next(&input), Event::kData);
  EXPECT_EQ(decoder.data().data(), body.data() + 3);
}

TEST(AwsChunked, RandomBodiesInRandomPieces) {
  const auto random = SeededRandom(11);
  const auto below = [&](uint64_t n) { return random->Next64() % n; };
  for (int round = 0; round < 300; ++round) {
    std::string body;
    std::string expected;
    for (uint64_t left = below(6); left > 0; --left) {
      std::string data(1 + below(300), '\0');
      for (char& c : data) c = static_cast<char>(below(256));
      char size[20];
      std::snprintf(size, sizeof(size), below(2) == 0 ? "%zx" : "%08zX", data.size());
      body.append(size).append("\r\n").append(data).append("\r\n");
      expected.append("<" + std::to_string(data.size()) + ">").append(data).append("()");
    }
    body.append("0\r\n");
    if (below(2) == 0) body.append("\r\n");
    EXPECT_EQ(Decode(body, 1 + below(body.size()), Decoder::End::kPlain), expected + "<0>().");
  }
}

}  // namespace
}  // namespace tarn::s3gw
