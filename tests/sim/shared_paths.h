// A client with paths of its own on branches that all clients commit and merge.
#pragma once

#include <string>
#include <vector>

#include "installation.h"
#include "path_model.h"

namespace tarn::sim {

class SharedPaths {
 public:
  static constexpr const char* kBranches[] = {"main", "dev"};

  SharedPaths(Installation& world, refs::Repository repository, uint32_t number);
  void Run();
  /// Everything once more, when nobody else is there.
  void CheckAtRest();

 private:
  struct Path {
    std::string branch, name;
    PathModel model = {};
    size_t merged = 0;  // The other branch holds this or something later.
    std::string other() const { return branch == kBranches[0] ? kBranches[1] : kBranches[0]; }
  };

  void Operate();
  void Put(Path& path, versioning::SetCondition condition);
  void Delete(Path& path);
  void Read(Path& path);
  void ReadMerged();
  void List(const std::string& branch);
  void Commit(const std::string& branch);
  void Merge(const std::string& source);
  void ResetPrefix(const std::string& branch);
  void ResetPath(Path& path);
  Result<PathModel::Value> ReadAt(SimServer& server, const std::string& ref,
                                  const std::string& name);
  Installation::Outcome Judge(const Status& status, std::initializer_list<Code> refusals,
                              const std::string& of) {
    return world_.Judge(status, refusals, of);
  }

  Installation& world_;
  const refs::Repository repository_;
  const uint32_t number_;
  const std::string prefix_;
  std::vector<Path> paths_;
};

}  // namespace tarn::sim
