// Makes aws-chunked bodies for tests, as a client would. Header only.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>

#include "codec/base64.h"
#include "codec/checksum.h"
#include "http/signature_v4.h"
#include "s3gw/testing/signed_head.h"

namespace tarn::s3gw::testing {

/// The value of x-amz-checksum-*.
inline std::string SumOf(ChecksumKind kind, std::string_view data) {
  Checksum sum(kind);
  sum.Update(data);
  return EncodeBase64(sum.Finish());
}

struct ChunkEncoder {
  bool has_signatures = true;
  std::string previous = std::string(64, '0');  ///< Signature to go on from: that of the request.
  std::string trailer_name, trailer_value;

  std::string Chunk(std::string_view data) {
    std::string out(20, '\0');
    out.resize(static_cast<size_t>(std::snprintf(out.data(), out.size(), "%zx", data.size())));
    if (has_signatures) {
      previous = http::SignChunk(key(), {kDate, kScope}, previous, Sha256(data));
      out += ";chunk-signature=" + previous;
    }
    out += "\r\n" + std::string(data);
    return data.empty() ? out : out + "\r\n";
  }
  std::string Body(std::initializer_list<std::string_view> chunks) {
    std::string body;
    for (const std::string_view chunk : chunks) body += Chunk(chunk);
    return body += End();
  }
  std::string End() {
    std::string out = Chunk("");
    if (trailer_name.empty()) return out + "\r\n";
    const std::string line = trailer_name + ":" + trailer_value;
    out += line + "\r\n";
    if (has_signatures) {
      out += "x-amz-trailer-signature:" +
             http::SignTrailer(key(), {kDate, kScope}, previous, line + "\n") + "\r\n";
    }
    return out + "\r\n";
  }

 private:
  static Sha256Digest key() { return http::SigningKey(kSecret, kScope); }
};

}  // namespace tarn::s3gw::testing
