// Finds the label because of which a selector matches no pod.

#ifndef K8SM_LIB_INFORMER_NEAR_MISS_H_
#define K8SM_LIB_INFORMER_NEAR_MISS_H_

#include "lib/informer/label_index.h"
#include "lib/informer/selector_index.h"
#include "lib/kube/label_map.h"
#include "lib/kube/symbol.h"

#include <cstddef>
#include <optional>
#include <string>

namespace k8sm::informer {

// Pods that a selector would match if one of its labels were another one.
struct NearMiss {
  kube::Label wanted;    // of the selector
  kube::Label found;     // of the pods instead; with an empty key if they have no label of that key
  std::size_t pods = 0;  // how many
  // Whether one edit turns `wanted` into `found` that is likely to be a mistake (EditKind::kTypo; of keys
  // EditKind::kSimilar, too).
  bool typo = false;
  // Of a typo, whether services select all of these pods, so that they are rather another workload of a
  // similar name ("cart", "card").
  bool claimed = false;
  // Whether an edit that may also be intended turns the value of `wanted` into that of `found`
  // (EditKind::kSimilar), or two do (Resemble()), and no service selects all of these pods. That may also be
  // another workload ("api", "apis"; "importer", "exporter").
  bool resembles = false;
  // Whether all pods that have the other labels of the selector have no label of that key.
  bool lacks_label = false;

  // Whether the selector is probably mistyped.
  bool mistyped() const { return typo && !claimed; }
};

// Returns the best near miss of a selector that matches no pod of the namespace: a typo, rather one of
// pods that no service selects, the one with the most pods; otherwise pods with a label that resembles;
// otherwise pods that have all the other labels, and the value that most of them have of this one. nullopt if
// there is none.
//
// The cost is bounded, however many pods there are: it looks up each edit of the selector's first
// kMaxExaminedLabels labels, and examines no set of more than kMaxExaminedPods pods; larger sets are passed
// over. Values that resemble are looked for only where pods have no more than kMaxExaminedPodLabels
// different labels, and kMaxComparedValues values of the key; where more than kMaxResemblingValues resemble,
// they are rather a family of names. For reports, not for each sync.
std::optional<NearMiss> FindNearMiss(const LabelIndex& pods, const SelectorIndex& services,
                                     const kube::Symbol& ns, const kube::LabelMap& selector);

inline constexpr std::size_t kMaxExaminedLabels = 8;
inline constexpr std::size_t kMaxExaminedPods = 1'000;
inline constexpr std::size_t kMaxExaminedPodLabels = 20'000;
inline constexpr std::size_t kMaxComparedValues = 1'000;
inline constexpr std::size_t kMaxResemblingValues = 10;

// Returns "selector app=wbe selects no pod", followed by "; 3 pods have app=web" or, of a selector with
// several labels, "; 3 pods match all but app=wbe and have app=web (have no label app)".
std::string DescribeNoPods(const kube::LabelMap& selector, const std::optional<NearMiss>& miss);

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_NEAR_MISS_H_
