#include "kv/postgres/grouped_requests.h"

#include <algorithm>
#include <utility>

namespace tarn::kv::postgres {
namespace {

using Place = std::pair<std::string_view, std::string_view>;

Place PlaceOf(std::span<const Parameter> parameters) {
  return {parameters[0].value, parameters[1].value};
}

size_t BytesOf(std::span<const Parameter> parameters) {
  size_t bytes = 0;
  for (const Parameter& parameter : parameters) bytes += parameter.value.size();
  return bytes;
}

}  // namespace

GroupedRequests::GroupedRequests(Session& session)
    : session_(session),
      readings_({}, [this](std::vector<Reading*>& group) { Carry(group); }),
      writings_({}, [this](std::vector<Writing*>& group) { Carry(group); }) {}

Result<std::optional<std::string>> GroupedRequests::Get(std::string_view partition,
                                                        std::string_view key) {
  Reading reading{.place = {{partition}, {key}}, .value = std::optional<std::string>()};
  readings_.Do(reading, BytesOf(reading.place));
  return std::move(reading.value);
}

Status GroupedRequests::Write(const Query& query) {
  Writing writing{.query = query};
  writings_.Do(writing, BytesOf(query.parameters));
  return std::move(writing.status);
}

void GroupedRequests::Carry(std::vector<Reading*>& group) {
  std::sort(group.begin(), group.end(), [](const Reading* a, const Reading* b) {
    return PlaceOf(a->place) < PlaceOf(b->place);
  });
  const auto is_repeated = [&](size_t i) {
    return i > 0 && PlaceOf(group[i]->place) == PlaceOf(group[i - 1]->place);
  };
  std::vector<Query> queries;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!is_repeated(i)) queries.push_back({Verb::kGet, group[i]->place});
  }
  const auto answers = session_.Read(queries);
  size_t next = 0;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!answers.ok()) {
      group[i]->value = answers.status();
      continue;
    }
    if (!is_repeated(i)) ++next;
    const Answer& answer = (*answers)[next - 1];
    if (answer.rows() > 0) group[i]->value = std::string(answer.Value(0, 0));
  }
}

void GroupedRequests::Carry(std::vector<Writing*>& group) {
  // Transactions that lock their keys in one order do not wait for each other in a circle.
  std::stable_sort(group.begin(), group.end(), [](const Writing* a, const Writing* b) {
    return PlaceOf(a->query.parameters) < PlaceOf(b->query.parameters);
  });
  std::vector<Query> queries;
  for (const Writing* const writing : group) queries.push_back(writing->query);
  const Status status = ToStatus(session_.Write(queries));
  for (Writing* const writing : group) writing->status = status;
}

}  // namespace tarn::kv::postgres
