// Lists of an authorization server, by pages. Level 7; waits.
#pragma once

#include <string>
#include <utility>

#include "auth/remote/authorization_client.h"
#include "auth/remote/documents.h"
#include "fmt/format.h"

namespace tarn::auth {

/// The most that the contract lets somebody ask for at once.
inline constexpr int kRemotePageMax = 1000;
/// Pages that are read of one list; a server that goes on for ever is not followed.
inline constexpr int kRemotePagesMax = 20;

/// `amount`: of the page; -1: as many as the server likes.
template <class T>
Result<Page<T>> ReadRemotePage(AuthorizationClient& client, RemoteCall call,
                               const PageRequest& request, int amount,
                               Result<T> (*read)(const Json&)) {
  if (!call.query.empty()) call.query += '&';
  call.query += fmt::format("{}&{}&amount={}", RemoteQuery("prefix", request.prefix),
                            RemoteQuery("after", request.after), amount);
  TARN_TRY_ASSIGN(const Json document, client.Read(call));
  return ReadPage(document, read);
}

/// All that follow the request's `after`. kIo for a list that does not end.
template <class T>
Result<Page<T>> ReadRemotePages(AuthorizationClient& client, const RemoteCall& call,
                                PageRequest request, int amount, Result<T> (*read)(const Json&)) {
  Page<T> all;
  for (int i = 0; i < kRemotePagesMax; ++i) {
    TARN_TRY_ASSIGN(Page<T> page, ReadRemotePage(client, call, request, amount, read));
    for (T& item : page.items) all.items.push_back(std::move(item));
    if (!page.has_more) return all;
    if (page.next_after == request.after) break;
    request.after = *std::move(page.next_after);
  }
  return Status(Code::kIo, "a list of the authorization server does not end");
}

/// A page as it was asked for, or, with Everything(), all.
template <class T>
Result<Page<T>> ReadRemoteList(AuthorizationClient& client, RemoteCall call,
                               const PageRequest& request, Result<T> (*read)(const Json&)) {
  if (request.amount > kRemotePageMax)
    return ReadRemotePages(client, call, request, /*amount=*/-1, read);
  return ReadRemotePage(client, std::move(call), request, request.amount, read);
}

}  // namespace tarn::auth
