// Clients of S3, `aws.s3_client`.
#include <algorithm>
#include <cstdlib>

#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/url.h"
#include "codec/xml_reader.h"
#include "codec/xml_writer.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kPagesMax = 100'000;

bool IsSuccess(const Network::Answer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

/// True for "127.0.0.1:80" and "[::1]".
bool IsAddress(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.:") == std::string_view::npos;
}

/// Where a bucket is: below its own host name, or, where that cannot be, in the path.
AwsRequest BeginRequest(const AwsClient& client, std::string_view method, std::string_view bucket,
                        std::string_view key) {
  std::string base(client.endpoint);
  if (base.empty()) base = "https://s3." + std::string(client.region) + ".amazonaws.com";
  if (base.find("://") == std::string::npos) base = "https://" + base;
  const size_t host = base.find("://") + 3;
  const bool is_in_path =
      IsAddress(std::string_view(base).substr(host)) || bucket.find('.') != std::string_view::npos;
  AwsRequest request{.method = method, .service = "s3", .base = {}};
  if (is_in_path) {
    request.path = "/" + std::string(bucket) + (key.empty() ? "" : "/") + std::string(key);
  } else {
    base.insert(host, std::string(bucket) + ".");
    request.path = "/" + std::string(key);
  }
  request.base = std::move(base);
  return request;
}

/// The text of an element below the root; empty if there is none.
std::string TextOf(const XmlElement& parent, std::string_view name) {
  std::string text;
  IgnoreError(parent.ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == name) text = child.text();
    return {};
  }),
              "the visitor does not fail");
  return text;
}

struct Problem {
  std::string code, message;
};

Problem ProblemOf(const Network::Answer& answer) {
  const auto document = XmlDocument::Parse(answer.body);
  if (!document.ok()) return {"UnknownError", "UnknownError"};
  return {TextOf(document->root(), "Code"), TextOf(document->root(), "Message")};
}

Status Failure(std::string_view operation, const Network::Answer& answer) {
  const Problem problem = ProblemOf(answer);
  return {Code::kIo, "operation error S3: " + std::string(operation) +
                         ", https response error StatusCode: " + std::to_string(answer.status) +
                         ", RequestID: , HostID: , api error " + problem.code + ": " +
                         problem.message};
}

/// get_object(bucket, key): content and true, or "" and false.
Status GetObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bucket, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(2));
  const AwsClient client(call);
  TARN_TRY_ASSIGN(Network::Answer answer,
                  SendSigned(call, client, BeginRequest(client, "GET", bucket, key)));
  const bool is_there = IsSuccess(answer);
  if (!is_there && ProblemOf(answer).code != "NoSuchKey") return Failure("GetObject", answer);
  TARN_TRY(call.Allow(answer.body.size()));
  call.Return(is_there ? std::move(answer.body) : std::string());
  call.Return(is_there);
  return {};
}

Status PutObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bucket, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(2));
  TARN_TRY_ASSIGN(const std::string_view data, call.Text(3));
  const AwsClient client(call);
  AwsRequest request = BeginRequest(client, "PUT", bucket, key);
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.body = data;
  TARN_TRY_ASSIGN(const Network::Answer answer, SendSigned(call, client, std::move(request)));
  return IsSuccess(answer) ? Status() : Failure("PutObject", answer);
}

Status DeleteObject(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bucket, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(2));
  const AwsClient client(call);
  TARN_TRY_ASSIGN(const Network::Answer answer,
                  SendSigned(call, client, BeginRequest(client, "DELETE", bucket, key)));
  return IsSuccess(answer) ? Status() : Failure("DeleteObject", answer);
}

struct Listed {
  std::string key, etag, last_modified;
  double size = 0;
  bool is_prefix = false;
};

struct Page {
  std::vector<Listed> entries;
  bool has_more = false;
  std::string token;
};

Result<Page> ListPage(Call& call, const AwsClient& client, std::string_view bucket,
                      std::string_view prefix, std::string_view token, std::string_view delimiter) {
  AwsRequest request = BeginRequest(client, "GET", bucket, "");
  if (!token.empty()) request.query.emplace_back("continuation-token", token);
  if (!delimiter.empty()) request.query.emplace_back("delimiter", delimiter);
  request.query.emplace_back("list-type", "2");
  request.query.emplace_back("prefix", prefix);
  TARN_TRY_ASSIGN(const Network::Answer answer, SendSigned(call, client, std::move(request)));
  if (!IsSuccess(answer)) return Failure("ListObjectsV2", answer);
  TARN_TRY_ASSIGN(const XmlDocument document, XmlDocument::Parse(answer.body));
  Page page;
  TARN_TRY(document.root().ForEachChild([&page](XmlElement element) -> Status {
    if (element.name() == "Contents") {
      page.entries.push_back({.key = TextOf(element, "Key"),
                              .etag = TextOf(element, "ETag"),
                              .last_modified = TextOf(element, "LastModified"),
                              .size = std::strtod(TextOf(element, "Size").c_str(), nullptr)});
    } else if (element.name() == "CommonPrefixes") {
      page.entries.push_back({.key = TextOf(element, "Prefix"), .is_prefix = true});
    } else if (element.name() == "IsTruncated") {
      page.has_more = element.text() == "true";
    } else if (element.name() == "NextContinuationToken") {
      page.token = element.text();
    }
    return {};
  }));
  return page;
}

/// list_objects(bucket[, prefix[, token[, delimiter="/"]]]): results by key, the last one first.
Status ListObjects(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bucket, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view prefix, call.TextOr(2, ""));
  TARN_TRY_ASSIGN(const std::string_view token, call.TextOr(3, ""));
  TARN_TRY_ASSIGN(const std::string_view delimiter, call.TextOr(4, "/"));
  const AwsClient client(call);
  TARN_TRY_ASSIGN(Page page, ListPage(call, client, bucket, prefix, token, delimiter));
  std::sort(page.entries.begin(), page.entries.end(),
            [](const Listed& a, const Listed& b) { return a.key > b.key; });
  Json::Array results;
  for (const Listed& entry : page.entries) {
    Json::Object result{{"key", Json(entry.key)}};
    result.emplace_back("type", Json(entry.is_prefix ? "prefix" : "object"));
    if (!entry.is_prefix) {
      result.emplace_back("etag", Json(entry.etag));
      result.emplace_back("size", ToJson(entry.size));
      result.emplace_back("last_modified", Json(entry.last_modified));
    }
    results.emplace_back(std::move(result));
  }
  call.Return(Json(Json::Object{{"is_truncated", Json(page.has_more)},
                                {"next_continuation_token", Json(page.token)},
                                {"results", Json(std::move(results))}}));
  return {};
}

/// Deletes the objects of a page; what could not be deleted becomes lines of `problems`.
Status DeletePage(Call& call, const AwsClient& client, std::string_view bucket, const Page& page,
                  std::string* problems) {
  AwsRequest request = BeginRequest(client, "POST", bucket, "");
  request.query.emplace_back("delete", "");
  XmlWriter xml(&request.body);
  xml.Begin("Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  for (const Listed& entry : page.entries) {
    if (entry.is_prefix) continue;
    xml.Begin("Object").Element("Key", entry.key).End("Object");
  }
  xml.End("Delete");
  request.headers.emplace_back("Content-Type", "application/xml");
  request.headers.emplace_back("Content-MD5", EncodeBase64(AsView(Md5(request.body))));
  TARN_TRY_ASSIGN(const Network::Answer answer, SendSigned(call, client, std::move(request)));
  if (!IsSuccess(answer)) return Failure("DeleteObjects", answer);
  TARN_TRY_ASSIGN(const XmlDocument document, XmlDocument::Parse(answer.body));
  return document.root().ForEachChild([problems](XmlElement element) -> Status {
    if (element.name() != "Error") return {};
    if (!problems->empty()) problems->push_back('\n');
    problems->append("delete object failed '" + TextOf(element, "Key") + "', " +
                     TextOf(element, "Message"));
    return {};
  });
}

Status DeleteRecursive(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bucket, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view prefix, call.Text(2));
  const AwsClient client(call);
  std::string token, problems;
  for (size_t pages = 0; pages < kPagesMax; ++pages) {
    TARN_TRY_ASSIGN(const Page page, ListPage(call, client, bucket, prefix, token, ""));
    const bool has_objects = std::any_of(page.entries.begin(), page.entries.end(),
                                         [](const Listed& entry) { return !entry.is_prefix; });
    if (has_objects) TARN_TRY(DeletePage(call, client, bucket, page, &problems));
    token = page.token;
    if (!page.has_more || call.host().MustStop()) break;
  }
  return problems.empty() ? Status() : Status(Code::kIo, std::move(problems));
}

constexpr Function kClient[] = {
    {"delete_object", Native<DeleteObject>}, {"delete_recursive", Native<DeleteRecursive>},
    {"get_object", Native<GetObject>},       {"list_objects", Native<ListObjects>},
    {"put_object", Native<PutObject>},
};

}  // namespace

Status MakeS3Client(Call& call) {
  TARN_TRY_ASSIGN(std::vector<std::string> client, ReadAwsClient(call));
  call.ReturnFunctions(kClient, std::move(client));
  return {};
}

}  // namespace tarn::hooks::lua
