// The actions at a ref: found, read, checked. Level 7; thread-safe, waits.
//
// A tree never changes, so what it holds is found once; files are read once, and remembered by the
// object that they are. A branch is looked at each time for action files that are not committed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/aging_map.h"
#include "hooks/action.h"
#include "versioning/context.h"

namespace tarn::hooks {

/// Where action files lie; those in folders below it are none.
inline constexpr std::string_view kActionsPrefix = "_lakefs_actions/";
/// Action files of one ref; more are an error.
inline constexpr size_t kActionFilesMax = 10'000;

class ActionSource {
 public:
  using Actions = std::vector<std::shared_ptr<const Action>>;  // shared with what remembers them

  /// `committed_only`: action files of a branch that are not committed do not count.
  ActionSource(versioning::Context& context, bool committed_only);

  /// All actions, in the order of their paths; empty where there are no files. kInternal or
  /// kNotFound with the reference's text if one file is wrong, or the ref is. `commit`, unless it
  /// is null, spares a look-up if the ref is its id.
  Result<std::shared_ptr<const Actions>> Load(const refs::Repository& repository,
                                              std::string_view ref,
                                              const refs::Commit* commit = nullptr);

 private:
  struct File {
    std::string path, address, checksum;
    AddressType address_type = AddressType::kRelative;
    int64_t size = 0;
  };
  struct Files {
    std::vector<File> all;
    std::string key;  ///< Stands for all of them together.
  };
  /// An action, or why there is none.
  using Parsed = Result<std::shared_ptr<const Action>>;

  Result<std::shared_ptr<const Files>> List(const refs::Repository& repository,
                                            std::string_view ref, const refs::Commit* commit);
  Result<Files> Walk(const refs::Repository& repository, const refs::Resolved& ref);
  Result<std::shared_ptr<const Actions>> Read(const refs::Repository& repository,
                                              const Files& files);
  Parsed ReadFile(const refs::Repository& repository, const File& file);

  versioning::Context& context_;
  const bool committed_only_;
  AgingMap<std::string, std::shared_ptr<const Files>> trees_;      // by tree
  AgingMap<std::string, Parsed> files_;                            // by object
  AgingMap<std::string, std::shared_ptr<const Actions>> actions_;  // by all objects together
};

}  // namespace tarn::hooks
