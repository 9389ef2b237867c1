#include "catalog/sample_data.h"

#include <functional>
#include <string>
#include <utility>

#include "catalog/sample_actions.h"
#include "catalog/sample_charts.h"
#include "catalog/sample_lakes.h"
#include "catalog/sample_texts.h"
#include "versioning/branch/protection.h"
#include "versioning/commit.h"

namespace tarn::catalog {
namespace {

constexpr std::string_view kMessage = "Add sample data";

using Sink = std::function<Status(std::string_view)>;

/// Uploads what `write` gives to its sink.
Status UploadOne(Catalog& catalog, const refs::Repository& repository, std::string_view path,
                 std::string_view content_type, const std::function<Status(const Sink&)>& write) {
  TARN_TRY_ASSIGN(const auto upload,
                  catalog.BeginUpload(repository, {.branch = repository.default_branch,
                                                   .path = std::string(path),
                                                   .content_type = std::string(content_type)}));
  TARN_TRY(write([&](std::string_view bytes) { return upload->Write(bytes); }));
  return ToStatus(upload->Finish());
}

Status UploadAll(Catalog& catalog, const refs::Repository& repository) {
  const auto upload = [&](std::string_view path, std::string_view type, std::string_view bytes) {
    return UploadOne(catalog, repository, path, type,
                     [&](const Sink& sink) { return sink(bytes); });
  };
  for (const std::span<const SampleText> texts : {SampleTexts(), SampleActions()}) {
    for (const SampleText& text : texts) {
      TARN_TRY(
          upload(text.path, text.content_type,
                 RenderSample(text.text, repository.id.view(), repository.default_branch.view())));
    }
  }
  for (const SampleChart& chart : SampleCharts()) {
    TARN_TRY(upload(chart.path, "image/png", chart.png));
  }
  return UploadOne(catalog, repository, kSampleLakesPath, kParquetType, WriteSampleLakes);
}

Status Populate(Catalog& catalog, const refs::Repository& repository, std::string_view committer) {
  TARN_TRY(UploadAll(catalog, repository));
  return ToStatus(versioning::Commit(catalog.context(), repository,
                                     {.branch = repository.default_branch,
                                      .committer = std::string(committer),
                                      .message = std::string(kMessage)}));
}

Status Protect(Catalog& catalog, const refs::Repository& repository) {
  const std::string patterns[] = {repository.default_branch.str()};
  Status set = versioning::SetProtectionRules(catalog.context(), repository, patterns,
                                              /*expected_checksum=*/"");
  versioning::ForgetProtectionRules(catalog.context(), repository);
  return set.code() == Code::kPreconditionFailed ? Status() : set;  // there are rules: they stay
}

}  // namespace

Status AddSampleData(Catalog& catalog, const refs::Repository& repository,
                     std::string_view committer) {
  if (Status status = Populate(catalog, repository, committer); !status.ok()) {
    return std::move(status).Prefixed("error populating sample repository: ");
  }
  if (Status status = Protect(catalog, repository); !status.ok()) {
    return std::move(status).Prefixed("error adding branch protection to sample repository: ");
  }
  return Status();
}

}  // namespace tarn::catalog
