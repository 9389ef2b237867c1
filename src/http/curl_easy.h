// libcurl behind our types: what the blocking client and transfers share. Included by .cc files of
// http only. Level 2; thread-safe where no handle is named.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace tarn::http {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

/// A new handle, the library set up before the first; null when there is no memory.
Easy NewEasy();
/// Protocol, verification and time to connect. `buffer_bytes` are kept for each direction.
void SetTransport(CURL* easy, const ClientOptions& options, long buffer_bytes);
/// Appends "name: value", so that empty values are sent too.
void AddHeader(HeaderList* list, const std::string& name, const std::string& value);
/// Appends a line as the library takes it ("Expect:" leaves out a header that it would add).
void AddLine(HeaderList* list, const char* line);

/// Takes a line of an answer's head; a status line begins a new one ("100 Continue" came before).
/// False if it is malformed.
bool TakeHeadLine(std::string_view line, ClientResponse* response);
/// What a failed call says: kInvalidValue for a bad URL, kIo else. `detail` may be empty.
Status Explain(CURLcode code, const char* detail, const std::string& url);

}  // namespace tarn::http
