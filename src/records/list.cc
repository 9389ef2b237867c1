#include "records/list.h"

namespace tarn::records {

Status ForEachRecord(kv::Store& kv, std::string_view partition, std::string_view key_prefix,
                     const RecordVisitor& visit) {
  TARN_TRY_ASSIGN(const auto records, kv.Scan(partition, key_prefix));
  TARN_TRY(records->Seek(key_prefix));
  while (records->Valid()) {
    TARN_TRY(visit(records->key(), records->value()));
    TARN_TRY(records->Next());
  }
  return Status();
}

}  // namespace tarn::records
