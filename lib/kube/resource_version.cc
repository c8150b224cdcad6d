#include "lib/kube/resource_version.h"

namespace k8sm::kube {
namespace {

// As defined by KEP-5504: digits without a leading zero. "" and "0" are not versions of a stored object.
bool IsComparable(std::string_view version) {
  return !version.empty() && version.front() != '0' &&
         version.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool IsNewer(std::string_view a, std::string_view b) {
  if (!IsComparable(a) || !IsComparable(b)) return true;
  return a.size() != b.size() ? a.size() > b.size() : a > b;
}

}  // namespace k8sm::kube
