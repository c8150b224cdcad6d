#include "lib/informer/near_miss.h"

#include "lib/informer/resemblance.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::Label;
using kube::LabelMap;
using kube::Symbol;

// The characters of most labels. Capitals and "/" are left out: they are rarely mistyped, and each costs
// look-ups.
constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

// Calls visit(edited) for each text at a distance of one edit, and for the text itself.
template <class Visit>
void ForEachEdit(const kube::Symbol& of, Visit visit) {
  const std::string text(of.get());
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const char each : kCharacters) {
      visit(std::string(text).insert(i, 1, each));
      if (i < text.size()) visit(std::string(text).replace(i, 1, 1, each));
    }
    if (i < text.size() && text.size() > 1) visit(std::string(text).erase(i, 1));
    if (i + 1 < text.size()) {
      std::string swapped = text;
      std::swap(swapped[i], swapped[i + 1]);
      visit(swapped);
    }
  }
}

class Search {
 public:
  Search(const LabelIndex& pods, const SelectorIndex& services, const Symbol& ns, const LabelMap& selector)
      : pods_(pods), services_(services), ns_(ns), selector_(selector) {}

  std::optional<NearMiss> Run() {
    std::size_t examined = 0;
    for (const Label& label : selector_) {
      if (++examined > kMaxExaminedLabels) break;
      ForEachEdit(label.value, [&](const std::string& value) { Try(label, {label.key, Symbol(value)}); });
      ForEachEdit(label.key, [&](const std::string& key) { Try(label, {Symbol(key), label.value}); });
      if (!typo_) TryWithout(label);
    }
    if (typo_ || claimed_typo_) return typo_ ? typo_ : claimed_typo_;
    TryResembling();
    return resembling_ ? resembling_ : other_;
  }

 private:
  LabelMap Without(const Label& label) const {
    LabelMap rest = selector_;
    rest.Erase(label.key.get());
    return rest;
  }

  void Try(const Label& wanted, const Label& found) {
    if (!pods_.HasPods(ns_, found)) return;
    const bool same_key = wanted.key == found.key;
    const EditKind kind = JudgeEdit(same_key ? wanted.value.get() : wanted.key.get(),
                                    same_key ? found.value.get() : found.key.get());
    if (kind == EditKind::kOther) return;
    // Names of workloads often are short and alike; keys are few, so that one which is nearly another is a
    // mistake.
    if (kind == EditKind::kSimilar && same_key) return TryResembling(wanted, found);
    const auto selected = SelectInstead(wanted, found);
    if (selected.empty()) return;
    const bool claimed = AreClaimed(selected);
    Take(claimed ? claimed_typo_ : typo_,
         {.wanted = wanted, .found = found, .pods = selected.size(), .typo = true, .claimed = claimed});
  }

  // Returns the pods that the selector matches with the label `found` instead of `wanted`.
  std::vector<const kube::Pod*> SelectInstead(const Label& wanted, const Label& found) const {
    LabelMap selector = Without(wanted);
    // A selector cannot ask for two values of a key.
    if (selector.Find(found.key.get()) != nullptr) return {};
    selector.Set(found.key, found.value);
    return pods_.Select(ns_, selector, kMaxExaminedPods);
  }

  // Whether services select all of these pods.
  bool AreClaimed(const std::vector<const kube::Pod*>& selected) const {
    return std::ranges::all_of(selected, [&](const kube::Pod* pod) {
      std::vector<kube::ObjectKey> services;
      services_.ServicesFor(*pod, services);
      return !services.empty();
    });
  }

  void TryResembling() {
    struct Key {
      const Label* wanted;
      std::vector<const Symbol*> values;  // that pods have
    };
    if (pods_.size() > kMaxExaminedPodLabels) return;
    std::vector<Key> keys;
    for (const Label& wanted : selector_) {
      if (keys.size() == kMaxExaminedLabels) break;
      if (wanted.value.get().size() >= kMinResemblingWord) keys.push_back({&wanted, {}});
    }
    if (keys.empty()) return;
    pods_.ForEachLabel(ns_, [&](const Label& label) {
      for (Key& key : keys) {
        if (key.wanted->key == label.key && key.values.size() <= kMaxComparedValues)
          key.values.push_back(&label.value);
      }
    });
    for (Key& key : keys) {
      if (key.values.size() > kMaxComparedValues) continue;
      std::erase_if(key.values,
                    [&](const Symbol* value) { return !Resemble(key.wanted->value.get(), value->get()); });
      if (key.values.size() > kMaxResemblingValues) continue;
      for (const Symbol* value : key.values) TryResembling(*key.wanted, {key.wanted->key, *value});
    }
  }

  void TryResembling(const Label& wanted, const Label& found) {
    const auto selected = SelectInstead(wanted, found);
    if (selected.empty() || AreClaimed(selected)) return;
    Take(resembling_, {.wanted = wanted, .found = found, .pods = selected.size(), .resembles = true});
  }

  void TryWithout(const Label& wanted) {
    const LabelMap rest = Without(wanted);
    std::map<Symbol, std::size_t> values;
    for (const kube::Pod* pod : pods_.Select(ns_, rest, kMaxExaminedPods)) {
      const kube::Symbol* value = pod->meta.labels.Find(wanted.key.get());
      ++values[value == nullptr ? Symbol() : Symbol(*value)];
    }
    for (const auto& [value, count] : values) {
      const Symbol key = value.empty() ? Symbol() : wanted.key;
      const bool lacks = value.empty() && values.size() == 1;
      Take(other_, {.wanted = wanted, .found = {key, value}, .pods = count, .lacks_label = lacks});
    }
  }

  static void Take(std::optional<NearMiss>& best, NearMiss miss) {
    const bool better = !best || miss.pods > best->pods ||
                        (miss.pods == best->pods && miss.found.value.get() < best->found.value.get());
    if (miss.pods > 0 && better) best = std::move(miss);
  }

  const LabelIndex& pods_;
  const SelectorIndex& services_;
  const Symbol& ns_;
  const LabelMap& selector_;
  std::optional<NearMiss> typo_;          // of pods that no service selects
  std::optional<NearMiss> claimed_typo_;  // of others
  std::optional<NearMiss> resembling_;
  std::optional<NearMiss> other_;
};

std::string Describe(const Label& label) {
  return label.key + "=" + label.value;
}

}  // namespace

std::optional<NearMiss> FindNearMiss(const LabelIndex& pods, const SelectorIndex& services, const Symbol& ns,
                                     const LabelMap& selector) {
  return Search(pods, services, ns, selector).Run();
}

std::string DescribeNoPods(const LabelMap& selector, const std::optional<NearMiss>& miss) {
  std::string text;
  for (const Label& label : selector) text += (text.empty() ? "" : ",") + Describe(label);
  text = "selector " + text + " selects no pod";
  if (!miss) return text;
  const bool one = miss->pods == 1;
  text += "; " + std::to_string(miss->pods) + (one ? " pod " : " pods ");
  if (selector.size() > 1) {
    text += std::string(one ? "matches" : "match") + " all but " + Describe(miss->wanted) + " and ";
  }
  text += one ? "has " : "have ";
  return text + (miss->found.key.empty() ? "no label " + miss->wanted.key : Describe(miss->found));
}

}  // namespace k8sm::informer
