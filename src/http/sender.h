// Sends one answer, step by step: head and small body in one write, files by sendfile, streams
// piece by piece. Level 2; one thread at a time: a step may run on the io thread or on a pool.
//
// On the io thread a step never waits for a disk: bytes of a file that are not in the page cache,
// and all sources, are left to a pool (kNeedPool).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/socket.h"

namespace tarn::http {

/// What of the request decides about the form of the answer.
struct AnswerForm {
  bool is_head = false;
  bool http_1_0 = false;
  bool close = false;
};

enum class Progress : uint8_t {
  kDone,
  kWantRead,   ///< Step again when the socket is readable (TLS only),
  kWantWrite,  ///< or when it is writable.
  kNeedPool,   ///< Step again on a pool.
  kFailed,     ///< The peer is gone or the source failed: the connection must be cut.
};

enum class Where : uint8_t { kIoThread, kPool };

class Sender {
 public:
  explicit Sender(Socket& socket) : socket_(socket) {}

  /// Takes an answer and prepares its head. The one before must be finished or dropped.
  void Begin(Response response, const AnswerForm& form);
  /// Does what can be done without waiting (on a pool: for the peer).
  Progress Step(Where where);
  /// Frees the answer's body.
  void Drop();

  int status() const { return status_; }
  int64_t body_bytes_sent() const;
  /// Bytes that went to the socket, of all answers: how fast the peer takes them.
  int64_t bytes_moved() const { return bytes_moved_; }
  /// Memory that sending an answer takes until it is out, besides a little for each connection.
  static int64_t MemoryOf(const Response& response, bool is_tls);
  /// True if the answer told the peer, or lets it know, that the connection ends.
  bool closes() const { return closes_; }

 private:
  struct Stream;

  void BeginFile(FileBody file, bool suppressed);
  void BeginStream(StreamBody stream, const AnswerForm& form, bool suppressed);
  Progress SendPrefix();
  Progress SendFilePart(Where where);
  Progress SendFileThroughMemory(Where where);
  Progress SendStreamPart(Where where);
  bool FillPiece();
  bool IsPrefixSent() const { return prefix_sent_ == prefix_.size() && text_sent_ == text_.size(); }

  Socket& socket_;
  int status_ = 0;
  bool closes_ = false;
  std::string prefix_;  ///< Head and small body.
  size_t head_bytes_ = 0;
  size_t prefix_sent_ = 0;
  std::string text_;  ///< A body too large to be copied behind the head.
  size_t text_sent_ = 0;
  FileBody file_;  ///< What is left of a file.
  StreamBody stream_;
  bool stream_chunked_ = false;
  bool stream_ended_ = true;
  std::unique_ptr<char[]> piece_;  ///< Of a stream, or of a file over TLS.
  size_t piece_begin_ = 0, piece_end_ = 0;
  int64_t later_bytes_sent_ = 0;  ///< Of the body, besides prefix and text.
  int64_t bytes_moved_ = 0;
};

}  // namespace tarn::http
