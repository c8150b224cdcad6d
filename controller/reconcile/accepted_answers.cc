#include "controller/reconcile/accepted_answers.h"

#include "controller/reconcile/same_contents.h"
#include "lib/kube/label_map.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;

// Metadata that others added is kept, so that the next update preserves it.
kube::ObjectMeta MetaOf(const kube::ObjectMeta& sent, const kube::ObjectMeta& answer) {
  kube::ObjectMeta meta = answer;
  meta.labels = sent.labels;
  for (const kube::Label& annotation : sent.annotations)
    meta.annotations.Set(annotation.key, annotation.value);
  return meta;
}

void ClearName(Endpoints&) {}
void ClearName(EndpointSlice& slice) {
  slice.generate_name.clear();
}

template <class T>
bool IsThisVersion(const T& stored, const T& view) {
  return stored.meta.uid == view.meta.uid && stored.meta.resource_version == view.meta.resource_version;
}

}  // namespace

template <class T>
void AcceptedAnswers<T>::Note(const kube::ObjectKey& service, const T& sent, const T& answer) {
  const auto known = services_.find(service);
  if (known != services_.end()) {
    std::erase_if(known->second, [&](const auto& view) { return view->meta.uid == answer.meta.uid; });
    if (known->second.empty()) services_.erase(known);
  }
  if (SameContents(sent, answer)) return;
  auto view = std::make_unique<T>(sent);
  view->meta = MetaOf(sent.meta, answer.meta);
  ClearName(*view);
  services_[service].push_back(std::move(view));
}

template <class T>
std::vector<const T*> AcceptedAnswers<T>::View(const kube::ObjectKey& service,
                                               std::span<const T* const> stored) {
  std::vector<const T*> seen(stored.begin(), stored.end());
  const auto known = services_.find(service);
  if (known == services_.end()) return seen;
  std::erase_if(known->second, [&](const auto& view) {
    const auto place = std::ranges::find_if(seen, [&](const T* each) { return IsThisVersion(*each, *view); });
    if (place == seen.end()) return true;
    *place = view.get();
    return false;
  });
  if (known->second.empty()) services_.erase(known);
  return seen;
}

template class AcceptedAnswers<Endpoints>;
template class AcceptedAnswers<EndpointSlice>;

}  // namespace k8sm::controller
