#include <algorithm>
#include <string>

#include "base/release.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/contract/permissions.h"
#include "rest/handlers/address_formatter.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "rest/presigned/presign.h"
#include "serving/object_answer.h"
#include "serving/object_body.h"

namespace tarn::rest {
namespace {

// Types that browsers may show in place; everything else is offered as a download.
constexpr std::string_view kInlineTypes[] = {"application/javascript",
                                             "application/json",
                                             "application/pdf",
                                             "application/xml",
                                             "audio/mpeg",
                                             "audio/wav",
                                             "audio/webm",
                                             "image/gif",
                                             "image/jpeg",
                                             "image/jpg",
                                             "image/png",
                                             "image/svg+xml",
                                             "image/webp",
                                             "text/css",
                                             "text/html",
                                             "text/javascript",
                                             "text/markdown",
                                             "text/plain",
                                             "text/x-markdown",
                                             "text/xml",
                                             "video/mp4",
                                             "video/webm"};

/// Bytes of JSON around the items of a page; room made in advance.
constexpr size_t kPageFrameBytesUsual = 512;
/// A page is put together in a buffer that each thread keeps up to this size: growing a new one
/// for each page would cost as much as writing the page.
constexpr size_t kPageBytesKept = 1 << 20;

std::string_view ShownContentType(const Entry& entry) {
  return entry.content_type.empty() ? kDefaultContentType : std::string_view(entry.content_type);
}

ObjectStats StatsOf(const Call& call, std::string_view path, const Entry& entry,
                    std::string_view physical_address) {
  static const Metadata kNoMetadata;
  return {.path = path,
          .physical_address = physical_address,
          .checksum = entry.checksum,
          .content_type = ShownContentType(entry),
          .size = entry.size,
          .modified_seconds = entry.last_modified.seconds,
          .metadata = call.Flag("user_metadata") ? &entry.metadata : &kNoMetadata};
}

void AddContentHeaders(const Entry& entry, http::Response* response) {
  const bool is_inline = std::find(std::begin(kInlineTypes), std::end(kInlineTypes),
                                   entry.content_type) != std::end(kInlineTypes);
  response->Add("Content-Disposition", is_inline ? "inline" : "attachment");
}

/// Turns a refusal into an answer that keeps the entity headers, as the reference does.
http::Response RefusalWithHeaders(const Status& status, const http::Response& headers) {
  http::Response response = ErrorAnswer(status);
  // The error's own nosniff header would come twice.
  response.headers = "Content-Type: application/json\r\n" + headers.headers;
  return response;
}

}  // namespace

// HEAD too. What it tells stands in the entry, so that the store, which may be far, is not asked.
Result<http::Response> GetObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const Entry entry,
                  call.catalog().GetEntry(repository, call.Text("ref"), call.Text("path")));
  const std::string tag = serving::EntityTag(entry.checksum);
  const serving::Validators validators{tag, entry.last_modified.seconds};
  serving::ObjectAnswer answer =
      serving::JudgeRead(call.head(), validators, entry.size, {.refuses_bad_ranges = true});
  if (answer.status == 412) return Status(Code::kPreconditionFailed, "Precondition failed");
  const bool is_head = call.operation().method == "HEAD";
  if (answer.status != 304 && !is_head && call.Flag("presign")) {
    TARN_TRY_ASSIGN(const auto url, PresignRead(call, repository, call.Text("path"), entry));
    return RedirectAnswer(url);
  }
  std::unique_ptr<block::ObjectStream> stream;
  Status refused = answer.status == 416 ? Status(Code::kRangeUnsatisfiable) : Status();
  if (answer.has_body() && !is_head) {
    auto opened =
        call.catalog().OpenObject(repository, entry, {answer.range.offset, answer.range.length});
    if (opened.code() == Code::kDataNotFound) {
      refused = opened.status();
      answer = {.status = 410};
    } else {
      TARN_TRY_ASSIGN(stream, std::move(opened));
    }
  }
  http::Response response;
  serving::DescribeObject(answer, validators, entry.size, &response);
  response.Add("Cache-Control", "no-store, must-revalidate").Add("Expires", "0");
  if (answer.status == 304) return response;
  AddContentHeaders(entry, &response);
  if (!refused.ok()) return RefusalWithHeaders(refused, response);
  response.Add("Content-Type", ShownContentType(entry));
  if (is_head) {
    response.announced_length = answer.range.length;
  } else {
    serving::SetObjectBody(&response, std::move(stream), answer.range.length);
  }
  return response;
}

Result<http::Response> StatObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const Entry entry,
                  call.catalog().GetEntry(repository, call.Text("ref"), call.Text("path")));
  JsonBuilder json;
  if (call.Flag("presign")) {
    TARN_TRY_ASSIGN(const auto url, PresignRead(call, repository, call.Text("path"), entry));
    ObjectStats stats = StatsOf(call, call.Text("path"), entry, url.url);
    stats.address_expires_seconds = url.expires_seconds;
    WriteObjectStats(&json.writer, stats);
    return std::move(json).Answer(200);
  }
  TARN_TRY_ASSIGN(const std::string address,
                  call.catalog().PhysicalAddress(repository, entry.address, entry.address_type));
  WriteObjectStats(&json.writer, StatsOf(call, call.Text("path"), entry, address));
  return std::move(json).Answer(200);
}

Result<http::Response> ListObjects(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  catalog::ListRequest request;
  request.ref = call.Text("ref");
  request.prefix = call.Text("prefix");
  request.after = call.Text("after");
  request.delimiter = call.Text("delimiter");
  request.amount = call.Amount();
  const bool with_metadata = call.Flag("user_metadata");
  const bool presign = call.Flag("presign");
  AddressFormatter addresses(call.catalog(), repository);

  thread_local std::string items;
  if (items.capacity() > kPageBytesKept) ReleaseMemory(&items);
  items.clear();
  JsonWriter item_writer(&items);
  item_writer.BeginArray();
  const auto write = [&](const catalog::ListedItem& item) -> Status {
    if (item.is_prefix) {
      WriteCommonPrefix(&item_writer, item.path);
      return {};
    }
    const EntryView& entry = item.entry;
    block::PresignedUrl url;
    std::string_view address;
    const Status may_read =
        presign ? call.Decide(permissions::kReadListed, "path", item.path) : Status();
    if (may_read.code() != Code::kInsufficientPermissions) TARN_TRY(may_read);
    if (presign && may_read.ok()) {
      TARN_TRY_ASSIGN(url, PresignRead(call, repository, item.path, entry));
      address = url.url;
    } else {
      TARN_TRY_ASSIGN(address, addresses.Format(entry.address, entry.address_type));
    }
    Metadata metadata;
    if (with_metadata && entry.has_metadata) metadata = ReadMetadata(entry);
    WriteObjectStats(&item_writer, {.path = item.path,
                                    .physical_address = address,
                                    .checksum = entry.checksum,
                                    .content_type = entry.shown_content_type(),
                                    .size = entry.size,
                                    .modified_seconds = entry.last_modified.seconds,
                                    .metadata = metadata.empty() ? nullptr : &metadata,
                                    .address_expires_seconds = url.expires_seconds});
    return {};
  };
  TARN_TRY_ASSIGN(const catalog::ListEnd end, call.catalog().List(repository, request, write));
  item_writer.EndArray();

  JsonBuilder json;
  json.text.reserve(items.size() + end.next_offset.size() + kPageFrameBytesUsual);
  json.writer.BeginObject();
  WritePagination(&json.writer, {.has_more = end.has_more,
                                 .next_offset = end.next_offset,
                                 .results = static_cast<size_t>(end.results)});
  json.writer.Key("results").Raw(items).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> GetUnderlyingProperties(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const Entry entry,
                  call.catalog().GetEntry(repository, call.Text("ref"), call.Text("path")));
  const auto found = call.context().objects.StorageClass(
      {repository.storage_namespace.view(), entry.address, entry.address_type});
  if (!found.ok() && found.code() != Code::kWouldBlock) {
    // Whatever the store says is a failure of the server, as in the reference.
    return Status(Code::kIo, std::string(found.status().message()));
  }
  TARN_TRY(found.status());
  JsonBuilder json;
  json.writer.BeginObject().Key("storage_class");
  if (*found) {
    json.writer.String(**found);
  } else {
    json.writer.Null();
  }
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
