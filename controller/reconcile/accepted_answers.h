// What the API server stores otherwise than it was sent, and keeps.

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

// An old server drops fields that it does not know, and an admission webhook may change any. Compared with
// what is stored, the same plan would then be written again at every sync. So what a server has answered to a
// write counts as that write, until the stored object changes: planners are shown what was sent in its place.
// For Endpoints and EndpointSlice. Takes memory only for services whose answers differ.
template <class T>
class AcceptedAnswers {
 public:
  // The server has stored `answer` for `sent`.
  void Note(const kube::ObjectKey& service, const T& sent, const T& answer);

  // The service's stored objects as a planner has to see them: in the place of an answer, what was sent, with
  // the answer's metadata. Valid until the next call for this service and until the stored objects change.
  std::vector<const T*> View(const kube::ObjectKey& service, std::span<const T* const> stored);

  void Forget(const kube::ObjectKey& service) { services_.erase(service); }

  // How many services have such objects.
  std::size_t size() const { return services_.size(); }

 private:
  // As planners see them; each has the name, uid and resource version of its answer.
  using Views = std::vector<std::unique_ptr<T>>;

  std::unordered_map<kube::ObjectKey, Views, kube::ObjectKeyHash> services_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ACCEPTED_ANSWERS_H_
