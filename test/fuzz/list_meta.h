// The metadata that the framers of lists return, in both encodings.

#ifndef K8SM_TEST_FUZZ_LIST_META_H_
#define K8SM_TEST_FUZZ_LIST_META_H_

#include "test/fuzz/fuzz.h"

namespace k8sm::fuzz {

// Aborts unless two framers have read the same metadata, or both have failed.
template <class ListFramer>
void ExpectSameMeta(const ListFramer& a, const ListFramer& b) {
  const auto one = a.meta();
  const auto other = b.meta();
  ExpectFitForTheLog(one);
  Expect(one.has_value() == other.has_value(), "pieces make no difference to what the list says");
  if (!one) return;
  Expect(one->resource_version == other->resource_version, "pieces make no difference to the version");
  Expect(one->continue_token == other->continue_token, "pieces make no difference to the next page");
}

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_LIST_META_H_
