#include "test/apiserver/request_log.h"

namespace k8sm::apiserver {
namespace {

constexpr std::size_t kMaxRecords = 10'000;

bool IsWrite(std::string_view verb) {
  return verb == "create" || verb == "update" || verb == "patch" || verb == "delete" ||
         verb == "deletecollection";
}

}  // namespace

void RequestLog::Add(RequestRecord record) {
  ++counts_[{record.verb, record.resource}];
  records_.push_back(std::move(record));
  if (records_.size() > kMaxRecords) records_.pop_front();
}

std::size_t RequestLog::Count(std::string_view verb, std::string_view resource) const {
  const auto found = counts_.find({std::string(verb), std::string(resource)});
  return found == counts_.end() ? 0 : found->second;
}

std::size_t RequestLog::CountWrites(std::string_view resource) const {
  std::size_t writes = 0;
  for (const auto& [key, count] : counts_) {
    if (IsWrite(key.first) && (resource.empty() || key.second == resource)) writes += count;
  }
  return writes;
}

void RequestLog::Clear() {
  records_.clear();
  counts_.clear();
}

}  // namespace k8sm::apiserver
