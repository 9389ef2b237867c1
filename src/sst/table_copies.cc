#include "sst/table_copies.h"

#include <utility>
#include <vector>

#include "base/blocking.h"
#include "sst/bytes_reader.h"

namespace tarn::sst {
namespace {

// Where a read is a request, more of the end than elsewhere costs nothing: with most tables the
// whole index comes along.
constexpr size_t kRemoteTailBytes = 256 << 10;
// A request takes about as long as so many bytes of its answer.
constexpr uint64_t kRequestBytes = 4 << 20;
constexpr size_t kPieceBytes = 256 << 10;

block::ObjectPointer PointerTo(const TableName& name) {
  return {name.storage_namespace, name.address, AddressType::kRelative};
}

}  // namespace

TableCopies::Opened TableCopies::Open(const TableName& name) {
  TARN_TRY_ASSIGN(const Reader copy, disk_.Open(name));
  if (copy != nullptr) {
    auto opened = OpenTable::Open(name, *copy);
    if (opened.code() == Code::kWouldBlock) return opened;
    if (opened.ok()) {
      disk_.sink().Looked((*opened)->type(), true);
      return opened;
    }
    Drop(name);
  }
  TARN_TRY(RequireBlocking());
  return OpenInStore(name);
}

TableCopies::Opened TableCopies::OpenInStore(const TableName& name) {
  TARN_TRY_ASSIGN(const Reader reader,
                  objects_.Open(PointerTo(name), block::ByteRange::Last(kRemoteTailBytes)));
  const auto size = static_cast<uint64_t>(reader->properties().size);
  if (size > kRemoteTailBytes) {
    TARN_TRY_ASSIGN(auto table, OpenTable::Open(name, *reader, kRemoteTailBytes));
    table->AddCost(kRequestBytes + kRemoteTailBytes);
    disk_.sink().Looked(table->type(), false);
    return table;
  }
  std::string bytes(size, '\0');
  TARN_TRY(ReadExactly(*reader, name.ToString(), 0, bytes));
  BytesReader whole(bytes);
  TARN_TRY_ASSIGN(auto table, OpenTable::Open(name, whole));
  disk_.sink().Looked(table->type(), false);
  disk_.sink().Fetched(table->type(), size);
  Keep(*table, bytes);
  return table;
}

Result<TableCopies::Reader> TableCopies::Take(const OpenTable& table, uint64_t bytes) {
  TARN_TRY_ASSIGN(Reader copy, disk_.Open(table.name()));
  if (copy == nullptr) TARN_TRY(RequireBlocking());
  disk_.sink().Looked(table.type(), copy != nullptr);
  if (copy != nullptr) return copy;
  const uint64_t paid = table.AddCost(kRequestBytes + bytes);
  if (paid < kRequestBytes + table.size_bytes()) return copy;
  if (!disk_.Wants(table.type(), table.size_bytes())) return copy;
  Status fetched;
  fetches_.Run(table.file(), [&] { fetched = Fetch(table); });
  TARN_TRY(std::move(fetched));
  return disk_.Open(table.name());
}

Status TableCopies::Fetch(const OpenTable& table) {
  // Another thread may just have ended.
  TARN_TRY_ASSIGN(const Reader copy, disk_.Open(table.name()));
  if (copy != nullptr) return {};
  const auto writer = disk_.Create(table.name(), table.type(), table.size_bytes());
  if (writer == nullptr) return {};
  TARN_TRY_ASSIGN(const auto stream, objects_.OpenStream(PointerTo(table.name()), {}));
  if (static_cast<uint64_t>(stream->properties().size) != table.size_bytes()) return {};
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    TARN_TRY_ASSIGN(const size_t got, stream->Read(piece));
    if (got == 0) break;
    if (!writer->Write(std::span(piece).first(got))) return {};
  }
  writer->Finish();
  disk_.sink().Fetched(table.type(), table.size_bytes());
  return {};
}

void TableCopies::Keep(const OpenTable& table, std::string_view bytes) {
  const auto writer = disk_.Create(table.name(), table.type(), bytes.size());
  if (writer != nullptr && writer->Write(bytes)) writer->Finish();
}

void TableCopies::Drop(const TableName& name) { disk_.Drop(name); }

}  // namespace tarn::sst
