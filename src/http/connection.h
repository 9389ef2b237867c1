// One client connection: reads heads, serves requests one after the other, sends answers in order.
//
// A Connection lives on one io thread and is owned by its coroutine Run(). While a job of a request
// is on a pool the coroutine is suspended and the job alone uses the connection; the coroutine goes
// on when the job posted it back. So nothing is locked, and the connection outlives its jobs.
// Level 2.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sync.h"
#include "http/body_reader.h"
#include "http/byte_budget.h"
#include "http/exchange.h"
#include "http/head_parser.h"
#include "http/input_buffer.h"
#include "http/pace.h"
#include "http/sender.h"
#include "http/server.h"
#include "http/socket.h"
#include "runtime/io_loop.h"
#include "runtime/task.h"

namespace tarn::http {

class Connection;

/// What all connections of a server share.
struct ServerCore {
  ServerCore(ServerOptions server_options, Handler& server_handler, ServerPools server_pools)
      : options(std::move(server_options)),
        handler(server_handler),
        pools(server_pools),
        budget(options.buffered_bytes_max) {}

  const ServerOptions options;
  Handler& handler;
  const ServerPools pools;
  TlsContext tls;
  std::atomic<bool> draining = false;
  ByteBudget budget;  ///< Of ServerOptions::buffered_bytes_max.

  Mutex mutex;
  CondVar none_left;
  int connections TARN_GUARDED_BY(mutex) = 0;

  runtime::WorkerPool& PoolFor(Pool pool) const;
  /// Counts a new connection unless the limit is reached.
  bool Admit();
  void Leave();
};

/// The connections of one io thread; used on that thread only.
struct ConnectionSet {
  ConnectionSet(ServerCore& server_core, std::string name)
      : core(server_core), loop(std::move(name)) {}

  ServerCore& core;
  runtime::IoLoop loop;
  std::vector<Connection*> connections;

  /// Ends the waits whose time is over.
  void EndOverdueWaits();
  /// Closes the connections that wait for a request; new ones get a moment more.
  void CloseIdle();
  /// Breaks all connections.
  void CloseAll();
};

class Connection {
 public:
  /// Serves a connected socket until it ends; on the set's thread. The core has admitted it.
  static void Serve(ConnectionSet& set, int file_descriptor, std::string peer);
  ~Connection();

 private:
  friend struct ConnectionSet;
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  /// Reading a document takes about as much memory again as its bytes.
  static constexpr int64_t kCopiesOfDocument = 2;

  /// Where a streamed upload stands after a step.
  enum class Upload : uint8_t {
    kWantRead,
    kWantWrite,
    kMore,      ///< Goes on at once, after others had a turn.
    kAnswered,  ///< The answer is on its way (progress_).
    kGone,      ///< The client went away.
  };

  /// How reading a body into memory ended.
  enum class Buffered : uint8_t { kRead, kAnswered, kGone };

  Connection(ConnectionSet& set, int file_descriptor, Tls tls, std::string peer);
  static runtime::Detached Run(std::unique_ptr<Connection> self);

  // connection.cc
  runtime::Task<bool> Handshake();
  runtime::Task<bool> WaitFor(IoResult::Kind want, int64_t deadline_ms);
  runtime::Task<bool> WaitFor(IoResult::Kind want, Pace* pace);
  Pace NewPace() const;
  runtime::Task<bool> ReadHead();
  std::optional<HeadError> GrowHead();
  bool ShrinkHead();
  runtime::Task<bool> Refuse(HeadError error);
  runtime::Task<bool> ServeRequest();
  runtime::Task<> AnswerBuffered(std::string_view body);
  runtime::Task<Buffered> ReadBuffered(std::string_view* body);
  runtime::Task<Buffered> ReadBufferedApart(int64_t limit, std::string_view* body);
  runtime::Task<bool> OpenBuffered();
  bool GrowBuffered(size_t bytes, ByteBudget::Share share);
  Buffered AnswerStalled();
  runtime::Task<bool> FinishSending();
  runtime::Task<bool> EndRequest();
  runtime::Task<> DropExchange();
  runtime::Task<bool> DrainBody();
  runtime::Task<> LingerAndClose();

  // connection_upload.cc
  runtime::Task<bool> ServeStreamed();
  void OpenUpload();
  void ContinueUpload();
  std::optional<Upload> FillPiece();
  bool IsPieceFull() const;
  bool CountUpload(size_t piece_bytes, ByteBudget::Share share);
  bool MakePiece(size_t bytes, ByteBudget::Share share);
  void GrowPiece();
  void AnswerUpload(Response response);

  // exchange calls, connection_calls.cc
  std::unique_ptr<Exchange> Start();
  std::optional<Response> CallAnswer(std::string_view body);
  std::optional<Response> CallOpen();
  std::optional<Response> CallConsume(std::span<const char> piece);
  Response CallTooLarge();
  Response CallBusy();
  bool TryAnswerInline(std::string_view body);
  void AnswerNow(std::string_view body);
  void Send(Response response);
  void SendContinue();
  void Finish(int status, int64_t body_bytes_sent);
  bool CanDrain() const;

  ConnectionSet& set_;
  ServerCore& core_;
  runtime::IoLoop& loop_;
  const std::string peer_;
  runtime::Watch watch_;
  Socket socket_;  ///< Destroyed before the watch closes the descriptor.
  InputBuffer input_;
  BodyReader body_;
  Sender sender_;

  size_t index_ = 0;  ///< In set_.connections.
  int64_t wait_deadline_ms_ = kNever;
  bool timed_out_ = false;
  bool idle_ = false;  ///< Waits for the first byte of a request.
  bool first_request_ = true;
  int requests_in_a_row_ = 0;  ///< Without a wait between them.
  bool refused_ = false;       ///< The head was refused: what follows it is unknown.

  // Our parts of the core's budget.
  BudgetLease head_lease_;    ///< An input buffer above the usual size.
  BudgetLease body_lease_;    ///< The buffered body, or the piece of a streamed one and what the
                              ///< exchange keeps of it.
  BudgetLease answer_lease_;  ///< What sending the answer takes.

  ParsedHead parsed_;
  bool continue_due_ = false;  ///< The client waits for "100 Continue".
  std::unique_ptr<Exchange> exchange_;
  Progress progress_ = Progress::kDone;
  std::string buffered_body_;

  std::unique_ptr<char[]> piece_;  ///< Of a streamed body.
  size_t piece_bytes_ = 0, piece_capacity_ = 0;
  Upload upload_ = Upload::kGone;
  /// The exchange got its whole body and took it, so ending it is cheap; else it may have to remove
  /// what it stored of it, which takes minutes where a store does not answer.
  bool settled_ = true;
};

}  // namespace tarn::http
