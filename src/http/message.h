// Requests and responses as the protocols above the server see them. Level 2; plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace tarn::http {

/// Compares header names without case.
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

/// The head of a request. All views point into the connection's buffer and live until the answer is
/// sent.
struct RequestHead {
  std::string_view method;
  std::string_view target;  ///< As sent: path and query.
  std::string_view path;    ///< Still escaped.
  std::string_view query;   ///< After '?', still escaped; empty if none.
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::optional<int64_t> content_length;
  bool chunked = false;
  bool tls = false;
  std::string_view peer;  ///< "address:port".
  int socket = -1;        ///< Of the connection, for client_left().

  /// First header of that name (any case), or nothing.
  std::optional<std::string_view> Find(std::string_view name) const;
  std::string_view Get(std::string_view name) const {
    return Find(name).value_or(std::string_view());
  }
  /// Looks, without waiting, whether the client closed the connection.
  bool client_left() const;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// Produces a body piece by piece, on a pool thread. One thread at a time.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// Fills `out`; fewer bytes than asked for is fine, 0 is the end.
  virtual Result<size_t> Read(std::span<char> out) = 0;
};

/// Bytes of an open file, sent by sendfile.
struct FileBody {
  std::shared_ptr<void> owner;  ///< Keeps the descriptor open (a block::ObjectStream).
  int file_descriptor = -1;
  int64_t offset = 0;
  int64_t length = 0;
};

/// A body from a source; without a length it is sent chunked.
struct StreamBody {
  std::unique_ptr<BodySource> source;
  std::optional<int64_t> length;
};

struct Response {
  int status = 200;
  std::string headers;  ///< "Name: value\r\n" lines, without length and connection headers.
  std::variant<std::string, FileBody, StreamBody> body;
  /// For answers to HEAD: the length to announce without sending a body.
  std::optional<int64_t> announced_length;
  bool close = false;     ///< Close the connection after this answer.
  bool has_date = false;  ///< The headers have a Date; else the server adds one.

  /// Appends a header; line breaks in the value are dropped.
  Response& Add(std::string_view name, std::string_view value);
};

}  // namespace tarn::http
