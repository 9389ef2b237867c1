#include "http/server.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

#include "base/log.h"
#include "http/answer_head.h"
#include "http/connection.h"
#include "http/listener.h"

namespace tarn::http {
namespace {

constexpr int64_t kTickMsMax = 500;
constexpr int64_t kTickMsMin = 5;
constexpr int kAcceptsPerTurn = 64;
constexpr int64_t kNoDescriptorsPauseMs = 100;

/// Often enough that each time limit is kept within an eighth of it.
int64_t TickMs(const ServerOptions& options) {
  const int64_t shortest =
      std::min({options.head_timeout_ms, options.idle_timeout_ms, options.body_stall_timeout_ms});
  return std::clamp(shortest / 8, kTickMsMin, kTickMsMax);
}

/// Tells a client over the limit to come back later, without keeping anything for it.
void TurnAway(int file_descriptor, bool tls) {
  if (!tls) {
    const Response busy = BusyAnswer();
    std::string text;
    const auto& body = std::get<std::string>(busy.body);
    AppendAnswerHead(&text, busy.status, busy.headers,
                     {.length = static_cast<int64_t>(body.size()), .close = true});
    text.append(body);
    [[maybe_unused]] const ssize_t sent =
        ::send(file_descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  ::close(file_descriptor);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler& handler, ServerPools pools)
      : core_(std::move(options), handler, pools) {}

  ~Impl() { Stop(); }

  Status Start() {
    const ServerOptions& options = core_.options;
    if (options.tls) {
      TARN_TRY_ASSIGN(core_.tls,
                      MakeTlsContext(options.tls->certificate_file, options.tls->key_file));
    }
    TARN_TRY_ASSIGN(const Listening listening, Listen(options.address, options.port));
    port_ = listening.port;
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = options.io_threads > 0 ? options.io_threads : cores;
    for (int i = 0; i < threads; ++i) {
      sets_.push_back(std::make_unique<ConnectionSet>(core_, "tarn-io-" + std::to_string(i)));
      ConnectionSet& set = *sets_.back();
      set.loop.Every(TickMs(options), [&set] { set.EndOverdueWaits(); });
      set.loop.Start();
    }
    sets_[0]->loop.Post([this, fd = listening.file_descriptor] {
      acceptor_ = std::make_unique<runtime::Watch>(sets_[0]->loop, fd);
      Accept(*this, fd);
    });
    running_ = true;
    return {};
  }

  uint16_t port() const { return port_; }

  void Stop() {
    if (!running_) return;
    running_ = false;
    core_.draining = true;
    sets_[0]->loop.Post([this] {
      if (acceptor_) acceptor_->Cancel();
    });
    accepting_ended_.get_future().wait();
    for (auto& set : sets_) set->loop.Post([&set = *set] { set.CloseIdle(); });
    if (!WaitForEnd(core_.options.drain_timeout_ms)) {
      TARN_LOG_WARN("closing connections that did not end within {} ms",
                    core_.options.drain_timeout_ms);
      for (auto& set : sets_) set->loop.Post([&set = *set] { set.CloseAll(); });
      // What is left ends with its job: the pools and the handler must not be left alone with it.
      WaitForEnd(-1);
    }
    for (auto& set : sets_) set->loop.Stop();
    sets_.clear();
  }

 private:
  /// Waits until no connection is left; negative: without limit.
  bool WaitForEnd(int64_t timeout_ms) {
    MutexLock lock(core_.mutex);
    const Deadline end(std::max<int64_t>(0, timeout_ms));
    while (core_.connections > 0) {
      const int64_t left_ms = timeout_ms < 0 ? -1 : end.RemainingMs();
      if (!core_.none_left.WaitFor(lock, left_ms)) break;
    }
    return core_.connections == 0;
  }

  /// Accepts on the first io thread and deals the connections out in turn: shared listening sockets
  /// spread them unevenly, which shows in the slowest answers. At the end whoever is in the backlog
  /// is still let in: the system has told them that they are connected.
  static runtime::Detached Accept(Impl& server, int listener) {
    runtime::IoLoop& loop = server.sets_[0]->loop;
    while (!server.core_.draining) {
      const bool ready = co_await server.acceptor_->Until(runtime::Watch::For::kRead);
      if (!ready) break;
      const Accepted accepted = server.AcceptSome(listener);
      // The waiting clients stay in the backlog until some are closed.
      if (accepted == Accepted::kNoDescriptors) co_await loop.Sleep(kNoDescriptorsPauseMs);
    }
    while (server.AcceptSome(listener) == Accepted::kSome) {
    }
    server.acceptor_.reset();
    server.accepting_ended_.set_value();
  }

  enum class Accepted : uint8_t { kAll, kSome, kNoDescriptors };

  Accepted AcceptSome(int listener) {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      const int fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&address), &size,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        const bool exhausted =
            errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (exhausted) TARN_LOG_ERROR("cannot accept connections: too many open files");
        return exhausted ? Accepted::kNoDescriptors : Accepted::kAll;
      }
      if (!core_.Admit()) {
        TurnAway(fd, core_.tls != nullptr);
        continue;
      }
      ConnectionSet& set = *sets_[next_set_++ % sets_.size()];
      std::string peer = FormatPeer(address);
      if (&set == sets_[0].get()) {
        Connection::Serve(set, fd, std::move(peer));
      } else {
        set.loop.Post([&set, fd, peer = std::move(peer)]() mutable {
          Connection::Serve(set, fd, std::move(peer));
        });
      }
    }
    return Accepted::kSome;
  }

  ServerCore core_;
  std::vector<std::unique_ptr<ConnectionSet>> sets_;
  std::unique_ptr<runtime::Watch> acceptor_;  ///< Used on the first io thread only.
  std::promise<void> accepting_ended_;
  size_t next_set_ = 0;
  uint16_t port_ = 0;
  bool running_ = false;
};

Server::Server(ServerOptions options, Handler& handler, ServerPools pools)
    : impl_(std::make_unique<Impl>(std::move(options), handler, pools)) {}
Server::~Server() = default;
Status Server::Start() { return impl_->Start(); }
uint16_t Server::port() const { return impl_->port(); }
void Server::Stop() { impl_->Stop(); }

}  // namespace tarn::http
