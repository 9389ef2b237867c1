// Streamed bodies: pieces go to the exchange on a pool.
//
// A hand-off to the pool costs more than a small upload, so the pool's job does all it can: it
// opens the exchange, reads what has arrived, consumes it, answers, and comes back to the io thread
// only to wait for the client. A slow client's bytes are gathered on the io thread until a piece is
// full.
#include <algorithm>
#include <utility>

#include "http/answer_head.h"
#include "http/connection.h"

namespace tarn::http {

using Kind = IoResult::Kind;
using Share = ByteBudget::Share;
using runtime::CoarseNowMs;
using runtime::Task;

namespace {

constexpr size_t kFirstPieceBytes = 64 << 10;
constexpr size_t kLargePieceBytes = 256 << 10;
/// Decoding chunks needs room to be worth a call.
constexpr size_t kChunkedRoomBytesMin = 1024;
/// After so many bytes other uploads get their turn on the pool.
constexpr int64_t kJobBytesMax = 8 << 20;
constexpr int64_t kBusyRetryMs = 10;
/// From here on an answer says that nothing was made of the body.
constexpr int kFailureStatusMin = 300;

}  // namespace

/// Serves an exchange with a streamed body up to the start of its answer; false: the client is
/// gone.
Task<bool> Connection::ServeStreamed() {
  settled_ = false;
  piece_bytes_ = 0;
  runtime::WorkerPool& pool = core_.PoolFor(exchange_->pool());
  auto open = [this] { OpenUpload(); };
  const Status opened = co_await runtime::Offload(pool, loop_, open);
  if (!opened.ok()) AnswerUpload(CallBusy());
  Pace pace = NewPace();
  int64_t moved = 0;
  while (upload_ != Upload::kAnswered && upload_ != Upload::kGone) {
    if (upload_ == Upload::kMore) {
      auto job = [this] { ContinueUpload(); };
      const Status status = co_await runtime::Offload(pool, loop_, job);
      // The body is half read: waiting for a place slows the client down, which is what is needed.
      if (!status.ok()) co_await loop_.Sleep(kBusyRetryMs);
      continue;
    }
    const Kind want = upload_ == Upload::kWantWrite ? Kind::kWantWrite : Kind::kWantRead;
    pace.Moved(body_.raw_bytes() - std::exchange(moved, body_.raw_bytes()));
    const bool ready = co_await WaitFor(want, &pace);
    if (ready) {
      upload_ = FillPiece().value_or(Upload::kMore);
    } else if (timed_out_) {
      AnswerUpload(TextAnswer(408, ""));
    } else {
      upload_ = Upload::kGone;
    }
  }
  piece_.reset();
  piece_capacity_ = 0;
  static_cast<void>(CountUpload(0, Share::kWhole));
  co_return upload_ == Upload::kAnswered;
}

void Connection::AnswerUpload(Response response) {
  Send(std::move(response));
  upload_ = Upload::kAnswered;
}

void Connection::OpenUpload() {
  if (auto refusal = CallOpen()) return AnswerUpload(*std::move(refusal));
  SendContinue();
  ContinueUpload();
}

void Connection::ContinueUpload() {
  int64_t budget = kJobBytesMax;
  for (;;) {
    if (IsPieceFull() || (body_.done() && piece_bytes_ > 0)) {
      budget -= static_cast<int64_t>(piece_bytes_);
      auto answer = CallConsume({piece_.get(), std::exchange(piece_bytes_, 0)});
      if (answer) return AnswerUpload(*std::move(answer));
      if (!CountUpload(piece_capacity_, Share::kMost)) return AnswerUpload(CallBusy());
      GrowPiece();
    }
    if (body_.done()) {
      AnswerNow("");
      settled_ = sender_.status() < kFailureStatusMin;
      upload_ = Upload::kAnswered;
      return;
    }
    if (budget <= 0) {
      upload_ = Upload::kMore;
      return;
    }
    if (const auto state = FillPiece()) {
      upload_ = *state;
      return;
    }
  }
}

bool Connection::IsPieceFull() const {
  const size_t room_min = body_.chunked() ? kChunkedRoomBytesMin : 1;
  return piece_ != nullptr && piece_capacity_ - piece_bytes_ < room_min;
}

/// Counts a piece of that size, and what the exchange keeps; false if the budget has no room.
bool Connection::CountUpload(size_t piece_bytes, Share share) {
  const int64_t kept = kCopiesOfDocument * exchange_->kept_bytes();
  return body_lease_.Resize(static_cast<int64_t>(piece_bytes) + kept, share);
}

/// Replaces the empty piece by one of that size; false, and it stays, if the budget has no room.
bool Connection::MakePiece(size_t bytes, Share share) {
  if (!CountUpload(bytes, share)) return false;
  piece_ = std::make_unique_for_overwrite<char[]>(bytes);
  piece_capacity_ = bytes;
  return true;
}

/// Larger pieces for a body that turned out to be long. REQUIRES an empty piece.
void Connection::GrowPiece() {
  const int64_t left = body_.left().value_or(kLargePieceBytes);
  const size_t wanted =
      static_cast<size_t>(std::clamp<int64_t>(left, 1, static_cast<int64_t>(kLargePieceBytes)));
  if (piece_capacity_ >= wanted) return;
  static_cast<void>(MakePiece(wanted, Share::kHalf));  // The one at hand will do.
}

/// Reads until a piece is full or the body ends; a state when it cannot go on now.
std::optional<Connection::Upload> Connection::FillPiece() {
  if (!piece_) {
    const int64_t left = body_.left().value_or(kFirstPieceBytes);
    const auto capacity =
        static_cast<size_t>(std::clamp<int64_t>(left, 1, static_cast<int64_t>(kFirstPieceBytes)));
    if (!MakePiece(capacity, Share::kWhole)) {
      Send(CallBusy());
      return Upload::kAnswered;
    }
  }
  while (!IsPieceFull() && !body_.done()) {
    const IoResult result = body_.Read(piece_.get() + piece_bytes_, piece_capacity_ - piece_bytes_);
    if (result.ok()) {
      piece_bytes_ += result.bytes;
    } else if (result.must_wait()) {
      return result.kind == Kind::kWantWrite ? Upload::kWantWrite : Upload::kWantRead;
    } else if (body_.bad()) {
      Send(TextAnswer(400, "malformed chunked encoding"));
      return Upload::kAnswered;
    } else if (result.kind != Kind::kEnd) {
      return Upload::kGone;
    }
  }
  return std::nullopt;
}

}  // namespace tarn::http
