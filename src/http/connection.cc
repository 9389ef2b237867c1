#include "http/connection.h"

#include <algorithm>
#include <utility>

#include "base/blocking.h"
#include "base/check.h"
#include "base/log.h"
#include "base/release.h"
#include "http/answer_head.h"

namespace tarn::http {

using Kind = IoResult::Kind;
using runtime::CoarseNowMs;
using runtime::Task;

namespace {

constexpr int64_t kDrainTimeoutMs = 5000;
/// How long a new connection may take to send its first request when the server stops. A proxy that
/// lost it could not know whether it was carried out.
constexpr int64_t kFirstHeadGraceMs = 250;
/// After an early end: so long, and so much, is read and dropped, so that the client sees the
/// answer instead of a reset.
constexpr int64_t kLingerTimeoutMs = 5000;
constexpr int64_t kLingerBytesMax = 256 << 20;
constexpr int64_t kTurnBytes = 1 << 20;
constexpr int64_t kBusyRetryMs = 10;
/// So many requests of one connection are served in a row before others get their turn.
constexpr int kRequestsPerTurn = 16;
constexpr size_t kBufferedStartBytes = 16 << 10;

}  // namespace

runtime::WorkerPool& ServerCore::PoolFor(Pool pool) const {
  runtime::WorkerPool* const found = pools[static_cast<size_t>(pool)];
  TARN_CHECK(found != nullptr);
  return *found;
}

bool ServerCore::Admit() {
  const MutexLock lock(mutex);
  if (connections >= options.connections_max) return false;
  ++connections;
  return true;
}

void ServerCore::Leave() {
  const MutexLock lock(mutex);
  if (--connections == 0) none_left.NotifyAll();
}

void ConnectionSet::EndOverdueWaits() {
  const int64_t now_ms = CoarseNowMs();
  for (Connection* connection : connections) {
    if (connection->wait_deadline_ms_ > now_ms) continue;
    connection->wait_deadline_ms_ = Connection::kNever;
    connection->timed_out_ = true;
    connection->watch_.Cancel();
  }
}

void ConnectionSet::CloseIdle() {
  const int64_t grace_end_ms = CoarseNowMs() + kFirstHeadGraceMs;
  for (Connection* connection : connections) {
    if (!connection->idle_) continue;
    if (connection->first_request_) {
      connection->wait_deadline_ms_ = std::min(connection->wait_deadline_ms_, grace_end_ms);
    } else {
      connection->watch_.Cancel();
    }
  }
}

void ConnectionSet::CloseAll() {
  for (Connection* connection : connections) {
    connection->socket_.ShutdownBoth();
    connection->watch_.Cancel();
  }
}

Connection::Connection(ConnectionSet& set, int file_descriptor, Tls tls, std::string peer)
    : set_(set),
      core_(set.core),
      loop_(set.loop),
      peer_(std::move(peer)),
      watch_(set.loop, file_descriptor),
      socket_(file_descriptor, std::move(tls)),
      body_(socket_, input_),
      sender_(socket_),
      index_(set.connections.size()),
      head_lease_(core_.budget),
      body_lease_(core_.budget),
      answer_lease_(core_.budget) {
  set_.connections.push_back(this);
}

Connection::~Connection() {
  Connection* const last = set_.connections.back();
  set_.connections[index_] = last;
  last->index_ = index_;
  set_.connections.pop_back();
}

void Connection::Serve(ConnectionSet& set, int file_descriptor, std::string peer) {
  Tls tls;
  if (set.core.tls) {
    auto made = MakeTls(*set.core.tls, file_descriptor);
    if (made.ok()) {
      tls = *std::move(made);
    } else {
      TARN_LOG_WARN("{}", made.status().message());
    }
  }
  const bool usable = !set.core.tls || tls;
  std::unique_ptr<Connection> connection(
      new Connection(set, file_descriptor, std::move(tls), std::move(peer)));
  if (usable) {
    Run(std::move(connection));
  } else {
    connection.reset();
    set.core.Leave();
  }
}

runtime::Detached Connection::Run(std::unique_ptr<Connection> self) {
  ServerCore& core = self->core_;
  bool alive = true;
  if (self->socket_.is_tls()) alive = co_await self->Handshake();
  while (alive) {
    if (++self->requests_in_a_row_ > kRequestsPerTurn) {
      self->requests_in_a_row_ = 0;
      co_await self->loop_.Yield();
    }
    alive = co_await self->ReadHead();
    if (alive) alive = co_await self->ServeRequest();
  }
  self.reset();
  core.Leave();
}

/// Suspends until the socket is ready; false when the deadline passed (timed_out_) or the server
/// closes.
Task<bool> Connection::WaitFor(Kind want, int64_t deadline_ms) {
  timed_out_ = false;
  requests_in_a_row_ = 0;
  wait_deadline_ms_ = deadline_ms;
  const auto what =
      want == Kind::kWantWrite ? runtime::Watch::For::kWrite : runtime::Watch::For::kRead;
  const bool ready = co_await watch_.Until(what);
  wait_deadline_ms_ = kNever;
  socket_.ExpectInput();
  co_return ready;
}

/// Suspends as above, within what the pace leaves.
Task<bool> Connection::WaitFor(Kind want, Pace* pace) {
  const int64_t since_ms = CoarseNowMs();
  const bool ready = co_await WaitFor(want, since_ms + pace->left_ms());
  pace->Waited(CoarseNowMs() - since_ms);
  co_return ready;
}

Pace Connection::NewPace() const {
  return {core_.options.body_stall_timeout_ms, core_.options.body_window_bytes_min};
}

Task<bool> Connection::Handshake() {
  const int64_t deadline_ms = CoarseNowMs() + core_.options.head_timeout_ms;
  idle_ = true;
  for (;;) {
    const IoResult result = socket_.Handshake();
    if (result.ok()) co_return true;
    if (!result.must_wait()) co_return false;
    const bool ready = co_await WaitFor(result.kind, deadline_ms);
    if (!ready) co_return false;
  }
}

/// Makes room for more of the head, or says why there is none.
std::optional<HeadError> Connection::GrowHead() {
  const auto most = static_cast<size_t>(core_.options.head_bytes_max);
  if (input_.size() >= most) return HeadError{431, ""};
  const size_t capacity = std::max(std::min(input_.capacity() * 2, most), InputBuffer::kUsualBytes);
  if (!head_lease_.Resize(static_cast<int64_t>(capacity), ByteBudget::Share::kHalf)) {
    return HeadError{503, ""};
  }
  input_.Grow(capacity);
  return std::nullopt;
}

/// Makes the buffer ready for the next head; false if there is no memory for what came with the
/// request before.
bool Connection::ShrinkHead() {
  input_.NextRequest();
  const size_t capacity = input_.capacity();
  const size_t counted = capacity > InputBuffer::kUsualBytes ? capacity : 0;
  return head_lease_.Resize(static_cast<int64_t>(counted), ByteBudget::Share::kWhole);
}

Task<bool> Connection::ReadHead() {
  if (!ShrinkHead()) co_return co_await Refuse({503, ""});
  const bool draining = core_.draining.load(std::memory_order_relaxed);
  if (draining && input_.empty() && !first_request_) co_return false;
  const ServerOptions& options = core_.options;
  idle_ = input_.empty();
  int64_t deadline_ms = CoarseNowMs() + (idle_ && !first_request_ ? options.idle_timeout_ms
                                                                  : options.head_timeout_ms);
  if (draining && idle_) deadline_ms = std::min(deadline_ms, CoarseNowMs() + kFirstHeadGraceMs);
  HeadScanner scanner;
  HeadScanner::Outcome outcome = scanner.Scan(input_.view());
  while (outcome == HeadScanner::Outcome::kMore) {
    if (input_.tail().empty() && !input_.Compact()) {
      if (const auto error = GrowHead()) co_return co_await Refuse(*error);
    }
    IoResult result{Kind::kWantRead, 0};
    if (socket_.is_tls() || socket_.may_have_input()) {
      result = socket_.Read(input_.tail().data(), input_.tail().size());
    }
    if (result.ok()) {
      if (idle_) deadline_ms = CoarseNowMs() + options.head_timeout_ms;
      idle_ = false;
      input_.Filled(result.bytes);
      outcome = scanner.Scan(input_.view());
      continue;
    }
    if (!result.must_wait()) co_return false;
    const bool ready = co_await WaitFor(result.kind, deadline_ms);
    if (!ready && timed_out_ && !idle_) co_return co_await Refuse({408, ""});
    if (!ready) co_return false;
  }
  if (outcome == HeadScanner::Outcome::kBad) co_return co_await Refuse({400, ""});
  if (scanner.end() > static_cast<size_t>(options.head_bytes_max)) {
    co_return co_await Refuse({431, ""});
  }
  const std::string_view bytes =
      input_.view().substr(scanner.begin(), scanner.end() - scanner.begin());
  const std::optional<HeadError> error = ParseHead(bytes, options.header_count_max, &parsed_);
  if (error) co_return co_await Refuse(*error);
  RequestHead& head = parsed_.head;
  head.tls = socket_.is_tls();
  head.peer = peer_;
  head.socket = socket_.descriptor();
  input_.Consume(scanner.end());
  body_.Begin(head);
  continue_due_ = parsed_.expects_continue && head.has_body();
  co_return true;
}

/// Answers a head that cannot be served and ends the connection.
Task<bool> Connection::Refuse(HeadError error) {
  idle_ = false;
  refused_ = true;
  sender_.Begin(error.status == 503 ? BusyAnswer() : TextAnswer(error.status, error.text),
                {.close = true});
  progress_ = sender_.Step(Where::kIoThread);
  const bool sent = co_await FinishSending();
  if (sent) co_await LingerAndClose();
  co_return false;
}

Task<bool> Connection::ServeRequest() {
  first_request_ = false;
  settled_ = true;
  const RequestHead& head = parsed_.head;
  if (!head.path.starts_with('/')) {  // "*" is about the server itself.
    Send(head.method == "OPTIONS" ? Response() : TextAnswer(400, ""));
    co_return co_await EndRequest();
  }
  exchange_ = Start();
  bool alive = true;
  if (!exchange_) {
    Send(TextAnswer(500, ""));
  } else if (exchange_->body_plan() == BodyPlan::kStreamed) {
    alive = co_await ServeStreamed();
  } else if (exchange_->body_plan() == BodyPlan::kBuffered) {
    std::string_view body;
    const Buffered outcome = co_await ReadBuffered(&body);
    if (outcome == Buffered::kRead) co_await AnswerBuffered(body);
    alive = outcome != Buffered::kGone;
  } else {
    co_await AnswerBuffered("");
  }
  if (alive) co_return co_await EndRequest();
  Finish(499, 0);
  co_await DropExchange();
  co_return false;
}

Task<> Connection::AnswerBuffered(std::string_view body) {
  if (exchange_->try_inline() && TryAnswerInline(body)) co_return;
  auto job = [this, body] { AnswerNow(body); };
  const std::string lane = exchange_->lane();
  const Status status =
      co_await runtime::Offload(core_.PoolFor(exchange_->pool()), loop_, job, lane);
  if (!status.ok()) Send(CallBusy());
}

/// Asks the exchange whether more than a little of the body may be kept; false: it answered.
Task<bool> Connection::OpenBuffered() {
  std::optional<Response> refusal;
  auto job = [this, &refusal] { refusal = CallOpen(); };
  const Status status = co_await runtime::Offload(core_.PoolFor(exchange_->pool()), loop_, job);
  if (!status.ok()) refusal = CallBusy();
  if (!refusal) co_return true;
  Send(*std::move(refusal));
  co_return false;
}

/// Reads the whole body; views into the input buffer where it fits behind the head.
Task<Connection::Buffered> Connection::ReadBuffered(std::string_view* body) {
  const int64_t limit = exchange_->body_bytes_max();
  const int64_t length = parsed_.head.content_length.value_or(0);
  if (length > limit) {
    Send(CallTooLarge());
    co_return Buffered::kAnswered;
  }
  if (body_.done()) co_return Buffered::kRead;
  if (length > kUnopenedBytesMax) {
    const bool opened = co_await OpenBuffered();
    if (!opened) co_return Buffered::kAnswered;
  }
  SendContinue();
  if (body_.chunked() || length > static_cast<int64_t>(input_.size() + input_.tail().size())) {
    co_return co_await ReadBufferedApart(limit, body);
  }
  const auto size = static_cast<size_t>(length);
  Pace pace = NewPace();
  while (input_.size() < size) {
    const IoResult result = socket_.Read(input_.tail().data(), input_.tail().size());
    if (result.ok()) {
      input_.Filled(result.bytes);
      pace.Moved(static_cast<int64_t>(result.bytes));
      continue;
    }
    if (!result.must_wait()) co_return Buffered::kGone;
    const bool ready = co_await WaitFor(result.kind, &pace);
    if (!ready) co_return AnswerStalled();
  }
  *body = input_.view().substr(0, size);
  input_.Consume(size);
  body_.Taken();
  co_return Buffered::kRead;
}

Task<Connection::Buffered> Connection::ReadBufferedApart(int64_t limit, std::string_view* body) {
  // One byte over the limit is asked for, so that a chunked body can show that it is too large.
  const auto most = static_cast<size_t>(body_.left().value_or(limit + 1));
  size_t filled = 0;
  bool opened = body_.left().value_or(0) > kUnopenedBytesMax;
  Pace pace = NewPace();
  while (!body_.done()) {
    if (filled > static_cast<size_t>(limit)) {
      Send(CallTooLarge());
      co_return Buffered::kAnswered;
    }
    if (filled == buffered_body_.size()) {
      const size_t size = std::min(std::max(filled * 2, kBufferedStartBytes), most);
      // One byte more only shows that a body is over its limit.
      const bool is_little = size <= static_cast<size_t>(kUnopenedBytesMax) + 1;
      bool grown = is_little && GrowBuffered(size, ByteBudget::Share::kHalf);
      if (!grown && !opened) {
        opened = co_await OpenBuffered();
        if (!opened) co_return Buffered::kAnswered;
      }
      grown = grown ||
              GrowBuffered(size, is_little ? ByteBudget::Share::kWhole : ByteBudget::Share::kMost);
      if (!grown) {
        Send(CallBusy());
        co_return Buffered::kAnswered;
      }
    }
    const IoResult result =
        body_.Read(buffered_body_.data() + filled, buffered_body_.size() - filled);
    if (result.ok()) {
      filled += result.bytes;
      pace.Moved(static_cast<int64_t>(result.bytes));
    } else if (result.must_wait()) {
      const bool ready = co_await WaitFor(result.kind, &pace);
      if (!ready) co_return AnswerStalled();
    } else if (body_.bad()) {
      Send(TextAnswer(400, "malformed chunked encoding"));
      co_return Buffered::kAnswered;
    } else if (result.kind != Kind::kEnd) {
      co_return Buffered::kGone;
    }
  }
  *body = std::string_view(buffered_body_).substr(0, filled);
  co_return Buffered::kRead;
}

/// Makes the buffered body larger; false if the budget has no room for it.
bool Connection::GrowBuffered(size_t bytes, ByteBudget::Share share) {
  const auto counted = kCopiesOfDocument * static_cast<int64_t>(bytes);
  if (!body_lease_.Resize(counted, share)) return false;
  buffered_body_.resize(bytes);
  return true;
}

/// After a wait for the body that ended without it.
Connection::Buffered Connection::AnswerStalled() {
  if (!timed_out_) return Buffered::kGone;
  Send(TextAnswer(408, ""));
  return Buffered::kAnswered;
}

/// Sends the rest of the answer; false if the connection broke.
Task<bool> Connection::FinishSending() {
  const int64_t stall_ms = core_.options.body_stall_timeout_ms;
  int64_t busy_since_ms = 0;
  Pace pace = NewPace();
  int64_t moved = sender_.bytes_moved();
  while (progress_ != Progress::kDone) {
    if (progress_ == Progress::kFailed) co_return false;
    if (progress_ == Progress::kNeedPool) {
      auto job = [this] { progress_ = sender_.Step(Where::kPool); };
      const Pool pool = exchange_ ? exchange_->source_pool() : Pool::kDisk;
      const Status status = co_await runtime::Offload(core_.PoolFor(pool), loop_, job);
      if (status.ok()) {
        busy_since_ms = 0;
        continue;
      }
      // The head may be out already: all that is left is to wait for a place in the queue.
      if (busy_since_ms == 0) busy_since_ms = CoarseNowMs();
      if (CoarseNowMs() - busy_since_ms > stall_ms) co_return false;
      co_await loop_.Sleep(kBusyRetryMs);
      continue;
    }
    const Kind want = progress_ == Progress::kWantRead ? Kind::kWantRead : Kind::kWantWrite;
    pace.Moved(sender_.bytes_moved() - std::exchange(moved, sender_.bytes_moved()));
    const bool ready = co_await WaitFor(want, &pace);
    if (!ready) co_return false;
    progress_ = sender_.Step(Where::kIoThread);
  }
  co_return true;
}

/// Completes the answer and makes ready for the next request; false: the connection ends.
Task<bool> Connection::EndRequest() {
  const bool sent = co_await FinishSending();
  Finish(sent ? sender_.status() : 499, sender_.body_bytes_sent());
  sender_.Drop();
  answer_lease_.Release();
  co_await DropExchange();
  ReleaseMemory(&buffered_body_);
  body_lease_.Release();
  if (!sent) co_return false;
  if (sender_.closes()) {
    co_await LingerAndClose();
    co_return false;
  }
  if (body_.done()) co_return true;
  co_return co_await DrainBody();
}

/// Frees the exchange, on a pool if it may have something to remove.
Task<> Connection::DropExchange() {
  if (exchange_ && !settled_) {
    auto job = [this] { exchange_.reset(); };
    const Status status = co_await runtime::Offload(core_.PoolFor(exchange_->pool()), loop_, job);
    IgnoreError(status, "a full pool: then it is freed here");
  }
  // What would wait is left undone: it is never worth the other connections of this thread.
  const NoBlockingScope scope;
  exchange_.reset();
}

Task<bool> Connection::DrainBody() {
  const int64_t deadline_ms = CoarseNowMs() + kDrainTimeoutMs;
  char scrap[4096];
  while (!body_.done()) {
    const IoResult result = body_.Read(scrap, sizeof scrap);
    if (result.ok() || result.kind == Kind::kEnd) continue;
    if (!result.must_wait()) co_return false;
    const bool ready = co_await WaitFor(result.kind, deadline_ms);
    if (!ready) co_return false;
  }
  co_return true;
}

Task<> Connection::LingerAndClose() {
  socket_.ShutdownWrite();
  if (body_.done() && input_.empty() && !refused_) co_return;
  const int64_t deadline_ms = CoarseNowMs() + kLingerTimeoutMs;
  for (int64_t dropped = 0, turn = 0; dropped < kLingerBytesMax;) {
    const IoResult result = socket_.Discard();
    if (result.ok()) {
      dropped += static_cast<int64_t>(result.bytes);
      turn += static_cast<int64_t>(result.bytes);
      if (turn > kTurnBytes) {
        turn = 0;
        co_await loop_.Yield();
      }
      continue;
    }
    if (!result.must_wait()) co_return;
    const bool ready = co_await WaitFor(result.kind, deadline_ms);
    if (!ready) co_return;
  }
}

}  // namespace tarn::http
