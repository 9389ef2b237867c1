#include "refs/commit_graph.h"

#include <cstring>
#include <functional>
#include <utility>

#include "codec/hex.h"

namespace tarn::refs {
namespace {

constexpr size_t kIdLength = 64;

/// Value of a lower-case digit; -1 for anything else.
int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint64_t InstanceOf(std::string_view uid) { return std::hash<std::string_view>()(uid); }

std::string BaseKey(std::string_view instance_uid, std::span<const CommitId> from,
                    const CommitId& to) {
  std::string key(instance_uid);
  for (const CommitId& id : from) {
    key += '/';
    key += id.view();
  }
  key += '/';
  key += to.view();
  return key;
}

}  // namespace

size_t CommitGraph::KeyHash::operator()(const Key& key) const {
  size_t hash = 0;
  std::memcpy(&hash, key.id.data(), sizeof(hash));
  return hash ^ key.instance;
}

std::optional<CommitGraph::RawId> CommitGraph::ToRaw(std::string_view id) {
  if (id.size() != kIdLength) return std::nullopt;
  RawId raw;
  for (size_t i = 0; i < raw.size(); ++i) {
    const int high = DigitOf(id[2 * i]), low = DigitOf(id[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    raw[i] = static_cast<char>(high * 16 + low);
  }
  return raw;
}

CommitId CommitGraph::FromRaw(const RawId& raw) {
  return CommitId(ToHex({raw.data(), raw.size()}));
}

std::optional<CommitNode> CommitGraph::Find(std::string_view instance_uid, const CommitId& id) {
  const auto raw = ToRaw(id.view());
  if (!raw) return std::nullopt;
  const auto found = nodes_.Find({InstanceOf(instance_uid), *raw});
  if (!found) return std::nullopt;
  CommitNode node{id, found->created, found->generation, {}};
  for (size_t i = 0; i < found->parent_count; ++i)
    node.parents.push_back(FromRaw(found->parents[i]));
  return node;
}

void CommitGraph::Insert(std::string_view instance_uid, const CommitNode& node) {
  const auto raw = ToRaw(node.id.view());
  if (!raw || node.parents.size() > kParentsMax) return;
  Node compact{node.created, node.generation, static_cast<uint32_t>(node.parents.size()), {}};
  for (size_t i = 0; i < node.parents.size(); ++i) {
    const auto parent = ToRaw(node.parents[i].view());
    if (!parent) return;
    compact.parents[i] = *parent;
  }
  nodes_.Insert({InstanceOf(instance_uid), *raw}, compact);
}

std::optional<std::vector<CommitId>> CommitGraph::FindBases(std::string_view instance_uid,
                                                            std::span<const CommitId> from,
                                                            const CommitId& to) {
  return bases_.Find(BaseKey(instance_uid, from, to));
}

void CommitGraph::InsertBases(std::string_view instance_uid, std::span<const CommitId> from,
                              const CommitId& to, const std::vector<CommitId>& bases) {
  bases_.Insert(BaseKey(instance_uid, from, to), bases);
}

}  // namespace tarn::refs
