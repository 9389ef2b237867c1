// The border between the server and the protocols: a Handler makes one Exchange per request.
//
// The server calls, for each request:
//   Handler::Start(head)            on the io thread, must not wait
//   body_plan() kNone, kBuffered    -> Answer(body) inline under NoBlockingScope if try_inline(),
//                                      and when that gives nothing (it would wait), again on the
//                                      pool; before more than kUnopenedBytesMax of a body are
//                                      kept, Open() on the pool (an answer here refuses the body)
//   body_plan() kStreamed           -> Open() on the pool (likewise), Consume() per piece,
//                                      Answer("") at the end
// Exceptions that leave an Exchange are answered with 500 and logged. Level 2.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::http {

enum class BodyPlan : uint8_t { kNone, kBuffered, kStreamed };

/// So much of a buffered body is kept for anybody; more only after Open() let it in.
inline constexpr int64_t kUnopenedBytesMax = 64 << 10;

/// Classes of work; each has threads of its own.
enum class Pool : uint8_t {
  kMeta,        ///< Short reads and writes.
  kDisk,        ///< Object bytes, a piece at a time.
  kCopies,      ///< Whole objects, copied or put together: may take minutes.
  kVerbs,       ///< Commits, merges, branches, tags: what somebody waits for and hooks may delay.
  kBackground,  ///< Dumps and the like, which nobody else may wait for.
  kRemote,      ///< Waits for another server.
};
inline constexpr size_t kPoolCount = static_cast<size_t>(Pool::kRemote) + 1;

/// One request being answered. Calls never overlap.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual BodyPlan body_plan() const = 0;
  /// Most bytes a buffered body may have; over it the server answers with TooLarge().
  virtual int64_t body_bytes_max() const { return 0; }
  virtual bool try_inline() const { return false; }
  virtual Pool pool() const { return Pool::kMeta; }
  /// Answers of one lane are made one after the other (runtime/worker_pool.h); empty: none.
  virtual std::string lane() const { return {}; }
  /// Where the body of the answer is read.
  virtual Pool source_pool() const { return Pool::kDisk; }

  /// Before a large or streamed body is taken: checks whatever needs no body, credentials first.
  virtual std::optional<Response> Open() { return std::nullopt; }
  /// Takes a piece of a streamed body; an answer ends the request early.
  virtual std::optional<Response> Consume(std::span<const char>) { return std::nullopt; }
  /// The answer; nothing only under NoBlockingScope, when it would have to wait.
  virtual std::optional<Response> Answer(std::string_view body) = 0;
  virtual Response TooLarge() = 0;
  /// The answer when the server has no memory or no place in a queue for the request.
  virtual Response Busy();
  /// Bytes of a streamed body that the exchange keeps in memory.
  virtual int64_t kept_bytes() const { return 0; }
  /// After the answer was sent, or the client went away (status 499).
  virtual void Finished(int /*status*/, int64_t /*body_bytes_sent*/) {}
};

class Handler {
 public:
  virtual ~Handler() = default;
  /// Thread-safe. `head` outlives the Exchange.
  virtual std::unique_ptr<Exchange> Start(const RequestHead& head) = 0;
};

}  // namespace tarn::http
