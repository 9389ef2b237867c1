#include "runtime/io_loop.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "base/check.h"

namespace tarn::runtime {
namespace {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace

int64_t CoarseNowMs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

struct IoLoop::Impl {
  explicit Impl(std::string thread_name) : name(std::move(thread_name)) {}

  void Tick() {
    timer->expires_after(interval);
    timer->async_wait([this](const boost::system::error_code& error) {
      // Stop may come between the moment the timer ran out and this call.
      if (error || !timer) return;
      tick();
      Tick();
    });
  }

  const std::string name;
  asio::io_context context{1};  // One thread runs it; posting stays thread-safe.
  std::optional<asio::executor_work_guard<Executor>> work;
  std::optional<Timer> timer;
  std::chrono::milliseconds interval{0};
  std::function<void()> tick;
  std::thread thread;
};

IoLoop::IoLoop(std::string name) : impl_(std::make_unique<Impl>(std::move(name))) {}

IoLoop::~IoLoop() { TARN_CHECK(!impl_->thread.joinable()); }

void IoLoop::Every(int64_t interval_ms, std::function<void()> call) {
  impl_->interval = std::chrono::milliseconds(interval_ms);
  impl_->tick = std::move(call);
}

void IoLoop::Start() {
  impl_->work.emplace(impl_->context.get_executor());
  if (impl_->tick) {
    impl_->timer.emplace(impl_->context.get_executor());
    impl_->Tick();
  }
  // Signals belong to the main thread, and a closed peer must be an error code.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  impl_->thread = std::thread([this] { impl_->context.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(impl_->thread.native_handle(), impl_->name.substr(0, 15).c_str());
}

void IoLoop::Stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->context, [this] {
    impl_->timer.reset();
    impl_->work.reset();
  });
  impl_->thread.join();
}

void IoLoop::Post(std::function<void()> call) { asio::post(impl_->context, std::move(call)); }

void IoLoop::Resume(std::coroutine_handle<> coroutine) {
  asio::post(impl_->context, [coroutine] { coroutine.resume(); });
}

bool IoLoop::InThread() const { return impl_->thread.get_id() == std::this_thread::get_id(); }

void IoLoop::ResumeAfter(int64_t duration_ms, std::coroutine_handle<> coroutine) {
  auto timer = std::make_unique<Timer>(impl_->context.get_executor(),
                                       std::chrono::milliseconds(duration_ms));
  Timer& borrowed = *timer;
  borrowed.async_wait([timer = std::move(timer), coroutine](const boost::system::error_code&) {
    coroutine.resume();
  });
}

struct Watch::Impl {
  asio::posix::basic_stream_descriptor<Executor> descriptor;
};

Watch::Watch(IoLoop& loop, int file_descriptor)
    : impl_(new Impl{asio::posix::basic_stream_descriptor<Executor>(
          loop.impl().context.get_executor(), file_descriptor)}) {}

Watch::~Watch() = default;

void Watch::Cancel() {
  boost::system::error_code ignored;
  impl_->descriptor.cancel(ignored);
}

void Watch::Wait(For what, std::coroutine_handle<> coroutine) {
  const auto kind = what == For::kRead ? asio::posix::descriptor_base::wait_read
                                       : asio::posix::descriptor_base::wait_write;
  impl_->descriptor.async_wait(kind, [this, coroutine](const boost::system::error_code& error) {
    ready_ = !error;
    coroutine.resume();
  });
}

}  // namespace tarn::runtime
