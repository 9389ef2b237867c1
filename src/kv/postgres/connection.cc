#include "kv/postgres/connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "kv/postgres/status.h"

namespace tarn::kv::postgres {
namespace {

constexpr std::string_view kConnectSeconds = "10";
constexpr Oid kBytea = 17, kBigint = 20;
constexpr size_t kParametersMax = 4;
constexpr int kBinary = 1;
constexpr int64_t kPollMsMax = 60'000;

void LogNotice(void*, const char* message) { TARN_LOG_DEBUG("database: {}", message); }

/// libpq names hosts and users in its messages, and should never name this.
std::string WithoutPassword(std::string text, std::string_view password) {
  if (password.empty()) return text;
  for (size_t at; (at = text.find(password)) != std::string::npos;) {
    text.replace(at, password.size(), std::string());
  }
  return text;
}

Status FailureOf(const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || message == nullptr) return ToStatus("", PQresultErrorMessage(result));
  return ToStatus(state, message);
}

}  // namespace

Answer::Answer(pg_result* result) : result_(result) {}
void Answer::Deleter::operator()(pg_result* result) const { PQclear(result); }
int Answer::rows() const { return PQntuples(result_.get()); }
std::string_view Answer::Value(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}
std::string_view Answer::tag() const { return PQcmdStatus(result_.get()); }

Connection::Connection(pg_conn* handle, const ConnectionSettings& settings,
                       const Statements& statements)
    : handle_(handle), settings_(settings), statements_(statements) {}

Result<std::unique_ptr<Connection>> Connection::Open(const ConnectionSettings& settings,
                                                     const Statements& statements) {
  std::vector<const char*> names = {"fallback_application_name"}, values = {"tarn"};
  if (settings.Find("connect_timeout").empty()) {
    names.push_back("connect_timeout");
    values.push_back(kConnectSeconds.data());
  }
  for (const auto& [name, value] : settings.keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  pg_conn* const handle = PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/0);
  if (handle == nullptr) return Status(Code::kIo, "database: no memory for a connection");
  std::unique_ptr<Connection> connection(new Connection(handle, settings, statements));
  PQsetNoticeProcessor(handle, LogNotice, nullptr);
  if (PQstatus(handle) != CONNECTION_OK) {
    const char* const password = PQpass(handle);
    return RefusedStatus(
        WithoutPassword(PQerrorMessage(handle), password == nullptr ? "" : password));
  }
  if (PQsetnonblocking(handle, 1) != 0 || PQenterPipelineMode(handle) != 1) {
    return ToStatus("", PQerrorMessage(handle));
  }
  return connection;
}

Connection::~Connection() {
  if (broken_ && PQsocket(handle_) >= 0) {
    // The kernel forgets what it has not sent yet, instead of sending it when the network is back.
    const linger now = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(PQsocket(handle_), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  PQfinish(handle_);
}

bool Connection::IsReady() const {
  if (broken_ || PQtransactionStatus(handle_) != PQTRANS_IDLE) return false;
  // Nobody has asked anything: what there is to read is a farewell.
  pollfd descriptor = {.fd = PQsocket(handle_), .events = POLLIN, .revents = 0};
  return ::poll(&descriptor, 1, 0) == 0;
}

Status Connection::Broken() {
  broken_ = true;
  return ToStatus("", PQerrorMessage(handle_));
}

namespace {

/// Parameters as libpq takes them.
struct Packed {
  explicit Packed(std::span<const Parameter> parameters)
      : count(static_cast<int>(parameters.size())) {
    TARN_CHECK(parameters.size() <= kParametersMax);
    for (size_t i = 0; i < parameters.size(); ++i) {
      const Parameter& parameter = parameters[i];
      const bool is_number = parameter.kind == Parameter::Kind::kNumber;
      types[i] = is_number ? kBigint : kBytea;
      // Null would be SQL's NULL.
      values[i] = parameter.value.data() == nullptr ? "" : parameter.value.data();
      lengths[i] = static_cast<int>(parameter.value.size());
      formats[i] = is_number ? 0 : kBinary;
    }
  }
  const int count;
  std::array<Oid, kParametersMax> types = {};
  std::array<const char*, kParametersMax> values = {};
  std::array<int, kParametersMax> lengths = {}, formats = {};
};

}  // namespace

void Connection::SendText(const std::string& text, std::span<const Parameter> parameters) {
  const Packed packed(parameters);
  Sent(PQsendQueryParams(handle_, text.c_str(), packed.count, packed.types.data(),
                         packed.values.data(), packed.lengths.data(), packed.formats.data(),
                         kBinary));
  wanted_.push_back(true);
}

void Connection::Send(const Query& query) {
  const auto verb = static_cast<size_t>(query.verb);
  const std::string& text = statements_.Text(query.verb);
  if (!settings_.named_statements) return SendText(text, query.parameters);
  const Packed packed(query.parameters);
  const std::string name = fmt::format("tarn_{}", verb);
  if (!prepared_[verb] && !preparing_[verb]) {
    Sent(PQsendPrepare(handle_, name.c_str(), text.c_str(), packed.count, packed.types.data()));
    wanted_.push_back(false);
    preparing_[verb] = true;
  }
  Sent(PQsendQueryPrepared(handle_, name.c_str(), packed.count, packed.values.data(),
                           packed.lengths.data(), packed.formats.data(), kBinary));
  wanted_.push_back(true);
}

Result<std::vector<Answer>> Connection::Run(std::span<const Query> queries,
                                            const Deadline& deadline) {
  for (const Query& query : queries) Send(query);
  return Collect(deadline);
}

Result<Answer> Connection::RunText(const std::string& text, const Deadline& deadline) {
  SendText(text, {});
  TARN_TRY_ASSIGN(std::vector<Answer> answers, Collect(deadline));
  return std::move(answers.front());
}

Status Connection::Await(short events, const Deadline& deadline) {  // NOLINT(google-runtime-int)
  for (;;) {
    pollfd descriptor = {.fd = PQsocket(handle_), .events = events, .revents = 0};
    const auto wait_ms = static_cast<int>(std::min<int64_t>(deadline.RemainingMs(), kPollMsMax));
    const int ready = ::poll(&descriptor, 1, wait_ms);
    if (ready > 0) {
      // What arrives makes room for what is to be sent.
      if (PQconsumeInput(handle_) != 1) return Broken();
      return {};
    }
    if (ready < 0 && errno != EINTR) return Broken();
    if (deadline.RemainingMs() == 0) {
      broken_ = true;
      return ToStatus("", "no answer in time");
    }
  }
}

Status Connection::Flush(const Deadline& deadline) {
  for (;;) {
    const int left = PQflush(handle_);
    if (left < 0) return Broken();
    if (left == 0) return {};
    TARN_TRY(Await(POLLIN | POLLOUT, deadline));
  }
}

Result<std::vector<Answer>> Connection::Collect(const Deadline& deadline) {
  Sent(PQpipelineSync(handle_));
  const std::vector<bool> wanted = std::exchange(wanted_, {});
  const std::bitset<kVerbCount> preparing = std::exchange(preparing_, {});
  if (broken_) return Broken();
  TARN_TRY(Flush(deadline));
  std::vector<Answer> answers;
  Status failure;
  size_t seen = 0;
  for (bool ended = false;;) {
    while (PQisBusy(handle_) == 1) TARN_TRY(Await(POLLIN, deadline));
    PGresult* const result = PQgetResult(handle_);
    if (result == nullptr) {  // the end of what one statement answers
      if (ended || PQstatus(handle_) != CONNECTION_OK) return Broken();
      ended = true;
      continue;
    }
    ended = false;
    Answer answer(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      if (seen < wanted.size() && wanted[seen]) answers.push_back(std::move(answer));
      ++seen;
    } else if (status != PGRES_PIPELINE_ABORTED && failure.ok()) {
      failure = FailureOf(result);
    }
    if (PQstatus(handle_) != CONNECTION_OK) {
      broken_ = true;
      return failure.ok() ? Broken() : failure;
    }
  }
  if (!failure.ok()) {
    broken_ = IsReadOnly(failure);  // the next one may lead elsewhere
    return failure;
  }
  if (answers.size() != static_cast<size_t>(std::count(wanted.begin(), wanted.end(), true))) {
    broken_ = true;
    return Status(Code::kIo, "database: fewer answers than statements");
  }
  prepared_ |= preparing;
  return answers;
}

}  // namespace tarn::kv::postgres
