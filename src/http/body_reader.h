// Reads the body of one request off a connection, whatever its framing. Level 2; one thread at a
// time, on io threads and pools alike since nothing here waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "http/chunk_decoder.h"
#include "http/input_buffer.h"
#include "http/message.h"
#include "http/socket.h"

namespace tarn::http {

class BodyReader {
 public:
  BodyReader(Socket& socket, InputBuffer& input) : socket_(socket), input_(input) {}

  void Begin(const RequestHead& head);
  /// Reads some of the body. kEnd: it is complete (done()); kFailed: the client went away in the
  /// middle, or bad() framing.
  IoResult Read(char* to, size_t room);
  /// True when nothing of the body is left to be read.
  bool done() const { return chunked_ ? decoder_.done() : left_ == 0; }
  bool bad() const { return decoder_.bad(); }
  bool chunked() const { return chunked_; }
  /// Bytes to come; nothing if chunked and not done.
  std::optional<int64_t> left() const;
  /// Bytes read so far, framing included.
  int64_t raw_bytes() const { return raw_bytes_; }
  /// Says that the whole body, which has a length, was taken from the buffer.
  void Taken() { left_ = 0; }

 private:
  IoResult ReadRaw(char* to, size_t room);
  IoResult ReadChunked(char* to, size_t room);

  Socket& socket_;
  InputBuffer& input_;
  ChunkDecoder decoder_;
  bool chunked_ = false;
  int64_t left_ = 0;
  int64_t raw_bytes_ = 0;
};

}  // namespace tarn::http
