// Validation errors of an object, and the 422 Status that reports them.

#ifndef K8SM_TEST_APISERVER_FIELD_ERROR_H_
#define K8SM_TEST_APISERVER_FIELD_ERROR_H_

#include "test/apiserver/status.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

// Collects the errors of one object; paths as in "subsets[0].addresses[1].ip".
class FieldErrors {
 public:
  void Required(const std::string& path, std::string_view detail = {});
  void Invalid(const std::string& path, std::string_view value, std::string_view detail);
  void Invalid(const std::string& path, std::int64_t value, std::string_view detail);
  // `value` is printed as it is, without quotes.
  void InvalidRaw(const std::string& path, std::string_view value, std::string_view detail);
  void Duplicate(const std::string& path, std::string_view value);
  void Forbidden(const std::string& path, std::string_view detail);
  void NotSupported(const std::string& path, std::string_view value,
                    std::initializer_list<std::string_view> supported);
  void TooMany(const std::string& path, std::size_t actual, std::size_t max);
  void TooLong(const std::string& path, std::size_t max_bytes);

  bool empty() const { return causes_.empty(); }

  // Returns the 422 Status for an object of `group` and `kind`.
  Status ToStatus(std::string_view group, std::string_view kind, std::string_view name) const;

 private:
  void Add(std::string_view reason, const std::string& path, std::string message, std::string_view detail);

  std::vector<StatusCause> causes_;
};

std::string IndexPath(const std::string& path, std::size_t index);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FIELD_ERROR_H_
