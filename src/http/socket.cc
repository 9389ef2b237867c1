#include "http/socket.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace tarn::http {
namespace {

using Kind = IoResult::Kind;

/// Turns what a system call returned into a result.
IoResult FromCall(ssize_t moved, Kind want) {
  if (moved > 0) return {Kind::kBytes, static_cast<size_t>(moved)};
  if (moved == 0) return {Kind::kEnd, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {want, 0};
  return {Kind::kFailed, 0};
}

}  // namespace

IoResult Socket::TlsResult(int outcome, size_t bytes) {
  if (outcome == 1) return {Kind::kBytes, bytes};
  switch (SSL_get_error(tls_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return {Kind::kWantRead, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Kind::kWantWrite, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Kind::kEnd, 0};
    default:
      tls_broken_ = true;
      return {Kind::kFailed, 0};
  }
}

IoResult Socket::Handshake() {
  ERR_clear_error();
  const IoResult result = TlsResult(SSL_do_handshake(tls_.get()), 1);
  if (result.kind == Kind::kFailed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) {
    ExplainPlainHttp();
  }
  return result;
}

IoResult Socket::Read(char* to, size_t size) {
  if (tls_) {
    ERR_clear_error();
    size_t bytes = 0;
    const int outcome = SSL_read_ex(tls_.get(), to, size, &bytes);
    return TlsResult(outcome, bytes);
  }
  const ssize_t moved = ::recv(fd_, to, size, 0);
  may_have_input_ = moved == static_cast<ssize_t>(size);
  return FromCall(moved, Kind::kWantRead);
}

IoResult Socket::Write(std::string_view first, std::string_view second, bool more) {
  if (tls_) {
    const std::string_view part = first.empty() ? second : first;
    ERR_clear_error();
    size_t bytes = 0;
    const int outcome = SSL_write_ex(tls_.get(), part.data(), part.size(), &bytes);
    return TlsResult(outcome, bytes);
  }
  const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  if (second.empty()) {
    return FromCall(::send(fd_, first.data(), first.size(), flags), Kind::kWantWrite);
  }
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                    {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  return FromCall(::sendmsg(fd_, &message, flags), Kind::kWantWrite);
}

IoResult Socket::SendFile(int file_descriptor, int64_t offset, size_t size) {
  off_t position = offset;
  return FromCall(::sendfile(fd_, file_descriptor, &position, size), Kind::kWantWrite);
}

IoResult Socket::Discard() {
  char scrap[65536];
  return FromCall(::recv(fd_, scrap, sizeof scrap, 0), Kind::kWantRead);
}

void Socket::ShutdownWrite() {
  if (tls_ && !tls_broken_ && SSL_is_init_finished(tls_.get())) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // Our closing alert; the peer's is not waited for.
  }
  ::shutdown(fd_, SHUT_WR);
}

void Socket::ShutdownBoth() { ::shutdown(fd_, SHUT_RDWR); }

void Socket::ResetOnClose() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Socket::ExplainPlainHttp() {
  constexpr std::string_view kAnswer =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Connection: close\r\n\r\nThis port speaks HTTPS: use an https:// address.\n";
  // A courtesy: whether it arrives does not matter.
  [[maybe_unused]] const ssize_t sent =
      ::send(fd_, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace tarn::http
