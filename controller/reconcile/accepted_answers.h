// Remembers where the API server stores something other than what it was sent.

#ifndef K8SM_CONTROLLER_RECONCILE_ACCEPTED_ANSWERS_H_
#define K8SM_CONTROLLER_RECONCILE_ACCEPTED_ANSWERS_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <cstddef>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace k8sm::controller {

// An old API server drops fields that it does not know, and a mutating webhook may change any field. A plan
// compared with such an object would differ at every sync and be written again and again. So a response
// counts as equal to what was sent, until the stored object changes: the planner is shown what was sent in
// its place. T is Endpoints or EndpointSlice. Uses memory only for services whose responses differ.
template <class T>
class AcceptedAnswers {
 public:
  // Records that the server responded with `answer` to a write of `sent`.
  void Note(const kube::ObjectKey& service, const T& sent, const T& answer);

  // Returns the stored objects as the planner must see them: each accepted answer is replaced by what was
  // sent, with the answer's metadata. Valid until the next call for this service, and while the objects in
  // `stored` live.
  std::vector<const T*> View(const kube::ObjectKey& service, std::span<const T* const> stored);

  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service) { services_.erase(service); }

  // The number of services for which answers are kept.
  std::size_t size() const { return services_.size(); }

 private:
  // The replacements. Each has the name, uid and resource version of its answer.
  using Views = std::vector<std::unique_ptr<T>>;

  std::unordered_map<kube::ObjectKey, Views, kube::ObjectKeyHash> services_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ACCEPTED_ANSWERS_H_
