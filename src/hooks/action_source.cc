#include "hooks/action_source.h"

#include <set>
#include <utility>

#include "block/object_store.h"
#include "codec/digest.h"
#include "codec/entry.h"
#include "hooks/multi_error.h"
#include "versioning/branch/read.h"
#include "versioning/parallel.h"

namespace tarn::hooks {
namespace {

constexpr size_t kTreesMax = 4096, kFilesMax = 16'384, kSetsMax = 512;

/// Identifies an object, whose bytes do not change.
template <class File>
std::string KeyOf(const refs::Repository& repository, const File& file) {
  return repository.storage_namespace.str() + '\n' + file.address + '\n' + file.checksum;
}

}  // namespace

ActionSource::ActionSource(versioning::Context& context, bool committed_only)
    : context_(context),
      committed_only_(committed_only),
      trees_(kTreesMax),
      files_(kFilesMax),
      actions_(kSetsMax) {}

Result<std::shared_ptr<const ActionSource::Actions>> ActionSource::Load(
    const refs::Repository& repository, std::string_view ref, const refs::Commit* commit) {
  auto files = List(repository, ref, commit);
  if (!files.ok()) {
    return std::move(files).status().Prefixed("list actions from commit: listing actions: ");
  }
  static const auto kNone = std::make_shared<const Actions>();
  if ((*files)->all.empty()) return kNone;
  if (auto known = actions_.Find((*files)->key)) return *known;
  TARN_TRY_ASSIGN(auto actions, Read(repository, **files));
  actions_.Insert((*files)->key, actions);
  return actions;
}

Result<std::shared_ptr<const ActionSource::Files>> ActionSource::List(
    const refs::Repository& repository, std::string_view ref, const refs::Commit* commit) {
  refs::Resolved resolved;
  if (commit != nullptr && commit->id.view() == ref) {
    resolved.commit = *commit;
  } else {
    TARN_TRY_ASSIGN(resolved, context_.refs.Resolve(repository, ref));
  }
  if (resolved.with_staging) {
    bool has_staged = false;
    if (!committed_only_) {
      TARN_TRY_ASSIGN(has_staged,
                      context_.staging.HasBelow(resolved.branch->tokens(), kActionsPrefix));
    }
    if (has_staged) {
      TARN_TRY_ASSIGN(Files files, Walk(repository, resolved));
      return std::make_shared<const Files>(std::move(files));
    }
    resolved.with_staging = false;
  }
  if (resolved.commit.metarange.empty()) return std::make_shared<const Files>();
  const std::string key =
      repository.storage_namespace.str() + '\n' + resolved.commit.metarange.str();
  if (auto known = trees_.Find(key)) return *known;
  TARN_TRY_ASSIGN(Files files, Walk(repository, resolved));
  auto shared = std::make_shared<const Files>(std::move(files));
  trees_.Insert(key, shared);
  return shared;
}

Result<ActionSource::Files> ActionSource::Walk(const refs::Repository& repository,
                                               const refs::Resolved& ref) {
  Files files;
  TARN_TRY_ASSIGN(const auto values, versioning::IterateValues(context_, repository, ref));
  TARN_TRY(values->Seek(kActionsPrefix));
  while (values->Valid() && values->key().starts_with(kActionsPrefix)) {
    const std::string_view name = values->key().substr(kActionsPrefix.size());
    if (const size_t slash = name.find('/'); slash != std::string_view::npos) {
      // '0' follows '/': what is in the folder is passed over.
      TARN_TRY(
          values->Seek(std::string(values->key().substr(0, kActionsPrefix.size() + slash)) + '0'));
      continue;
    }
    if (files.all.size() == kActionFilesMax) {
      return Status(Code::kInternal,
                    "more than " + std::to_string(kActionFilesMax) + " action files");
    }
    TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(values->value().data));
    files.all.push_back({std::string(values->key()), std::string(entry.address),
                         std::string(entry.checksum), entry.address_type, entry.size});
    TARN_TRY(values->Next());
  }
  std::string all;
  for (const File& file : files.all) all += file.path + '\n' + KeyOf(repository, file) + '\n';
  files.key = AsView(Sha256(all));
  return files;
}

Result<std::shared_ptr<const ActionSource::Actions>> ActionSource::Read(
    const refs::Repository& repository, const Files& files) {
  std::vector<Parsed> parsed(files.all.size(), Parsed(Status(Code::kInternal, "not read")));
  std::vector<size_t> unread;
  for (size_t i = 0; i < files.all.size(); ++i) {
    auto known = files_.Find(KeyOf(repository, files.all[i]));
    if (known) {
      parsed[i] = *std::move(known);
    } else {
      unread.push_back(i);
    }
  }
  versioning::ParallelFor(context_.workers, unread.size(), [&](size_t i) {
    parsed[unread[i]] = ReadFile(repository, files.all[unread[i]]);
  });
  std::vector<Status> failures;
  auto actions = std::make_shared<Actions>();
  for (size_t i = 0; i < files.all.size(); ++i) {
    if (parsed[i].ok()) {
      actions->push_back(*parsed[i]);
      continue;
    }
    // A file may have the words of another one with the same bytes.
    const bool is_read = parsed[i].code() == Code::kInternal;
    failures.push_back(parsed[i].status().Prefixed((is_read ? "parsing file " : "loading file ") +
                                                   files.all[i].path + ": "));
  }
  TARN_TRY(Together(failures));
  std::set<std::string_view> names;
  for (const auto& action : *actions) {
    if (names.insert(action->name).second) continue;
    return Status(Code::kInternal,
                  "action name '" + action->name + "' already loaded: invalid action");
  }
  return std::shared_ptr<const Actions>(std::move(actions));
}

ActionSource::Parsed ActionSource::ReadFile(const refs::Repository& repository, const File& file) {
  auto text = block::GetObject(
      context_.objects, {repository.storage_namespace.view(), file.address, file.address_type},
      kActionFileBytesMax);
  if (!text.ok()) {
    const bool is_missing = text.code() == Code::kDataNotFound;
    // Not kInternal, which says that the file was read.
    return Status(is_missing ? Code::kNotFound : Code::kIo, std::string(text.status().message()));
  }
  auto action = ParseAction(*text);
  Parsed parsed = action.ok() ? Parsed(std::make_shared<const Action>(*std::move(action)))
                              : Parsed(std::move(action).status());
  files_.Insert(KeyOf(repository, file), parsed);
  return parsed;
}

}  // namespace tarn::hooks
