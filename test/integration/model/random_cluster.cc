#include "test/integration/model/random_cluster.h"

#include "lib/base/error.h"
#include "test/apiserver/emulation.h"
#include "test/integration/model/random_objects.h"

#include <stdexcept>
#include <type_traits>
#include <utility>

namespace k8sm::test {
namespace {

const std::vector<std::string> kPodNames = {"pod-0", "pod-1", "pod-2", "pod-3",
                                            "pod-4", "pod-5", "pod-6", "pod-7"};

// How objects of each kind are named and made.
template <class Object>
struct Kind;
template <>
struct Kind<ModelPod> {
  static constexpr const char* kName = "pod";
  static constexpr const char* kPlural = "pods";
  static constexpr auto kRandom = RandomPod;
};
template <>
struct Kind<ModelService> {
  static constexpr const char* kName = "service";
  static constexpr const char* kPlural = "services";
  static constexpr auto kRandom = RandomService;
};
template <>
struct Kind<ModelNode> {
  static constexpr const char* kName = "node";
  static constexpr const char* kPlural = "nodes";
  static constexpr auto kRandom = RandomNode;
};

template <class Object>
std::string Describe(const char* what, const Name& name) {
  return std::string(what) + " " + Kind<Object>::kName + " " + ToText(name);
}

template <class T>
void Require(const Result<T>& result, const std::string& what) {
  if (!result)
    throw std::runtime_error("the API server refuses to " + what + ": " + ToString(result.error()));
}

}  // namespace

Happening RandomCluster::Step() {
  gone_services_.clear();
  std::string text = AnyStep();
  return {std::move(text), std::move(gone_services_)};
}

std::string RandomCluster::AnyStep() {
  const std::string& ns = dice_.OneOf(kNamespaces);
  const std::size_t kind = dice_.Below(100);
  if (kind < 65) return StepOf(pods_, {ns, dice_.OneOf(kPodNames)});
  if (kind < 92) return StepOf(services_, {ns, dice_.OneOf(kServiceNames)});
  return StepOf(nodes_, {"", dice_.OneOf(kNodeNames)});
}

void RandomCluster::Touch() {
  const std::string number = std::to_string(++touches_);
  const auto touch = [&](auto& objects) {
    auto touched = objects;
    for (auto& [name, object] : touched) {
      object.meta.annotations["example.com/touch"] = number;
      Update(objects, std::move(object));
    }
  };
  for (auto& [name, pod] : pods_) ++pod.heartbeats;
  touch(pods_);
  touch(services_);
  touch(nodes_);
}

void RandomCluster::Forget() {
  touched_services_.clear();
  deleted_services_.clear();
}

template <class Object>
std::string RandomCluster::StepOf(Objects<Object>& objects, const Name& name) {
  const auto object = objects.find(name);
  if (object == objects.end()) return Make(objects, name);
  if (object->second.meta.deleting && dice_.Chance(40)) return Release(objects, name);
  const std::size_t what = dice_.Below(100);
  if (what < 62) return Modify(objects, name);
  if (what < 75) return Recreate(objects, name);
  if constexpr (std::is_same_v<Object, ModelPod>) {
    if (what < 90) return RemoveGracefully(name);
  }
  return Remove(objects, name);
}

template <class Object>
std::string RandomCluster::Make(Objects<Object>& objects, const Name& name) {
  Metadata meta{.ns = name.first, .name = name.second};
  RenewMetadata(meta);
  Create(objects, Kind<Object>::kRandom(dice_, std::move(meta)));
  return Describe<Object>("create", name);
}

template <class Object>
std::string RandomCluster::Modify(Objects<Object>& objects, const Name& name) {
  Object object = objects.at(name);
  const std::string change = Change(dice_, object);
  Update(objects, std::move(object));
  return Describe<Object>("change", name) + ": " + change;
}

template <class Object>
std::string RandomCluster::Remove(Objects<Object>& objects, const Name& name) {
  Require(server_.Delete(Kind<Object>::kPlural, name.first, name.second), Describe<Object>("delete", name));
  NoteState(objects, name);
  return Describe<Object>("delete", name);
}

std::string RandomCluster::RemoveGracefully(const Name& name) {
  const apiserver::Response response = server_.Handle(
      {.method = "DELETE",
       .target = "/api/v1/namespaces/" + name.first + "/pods/" + name.second + "?gracePeriodSeconds=3600",
       .authorization = std::string("Bearer ") + kToken});
  if (response.status != 200) throw std::runtime_error("deleting gracefully: " + response.body);
  NoteState(pods_, name);
  return Describe<ModelPod>("gracefully delete", name);
}

// Completes the deletion of an object: without its finalizer and without a grace period.
template <class Object>
std::string RandomCluster::Release(Objects<Object>& objects, const Name& name) {
  Object object = objects.at(name);
  object.meta.has_finalizer = false;
  Update(objects, std::move(object));
  if (objects.contains(name)) Remove(objects, name);
  return Describe<Object>("release", name);
}

// Nobody can see the state in between. The new object may differ from the old one in its uid only.
template <class Object>
std::string RandomCluster::Recreate(Objects<Object>& objects, const Name& name) {
  Object object = objects.at(name);
  Remove(objects, name);
  if (objects.contains(name)) return Describe<Object>("delete", name);
  RenewMetadata(object.meta);
  if (dice_.Chance(50)) object = Kind<Object>::kRandom(dice_, object.meta);
  Create(objects, std::move(object));
  return Describe<Object>("recreate", name);
}

// Avoids what old servers cannot store: addresses of a headless service without ports.
void RandomCluster::Fit(ModelService& service) const {
  const bool stored = server_.features().portless_subsets == apiserver::Features::PortlessSubsets::kStored;
  if (stored || !service.ports.empty()) return;
  service.ports.emplace_back();
  service.ports.front().number = 80;
}

template <class Object>
void RandomCluster::Create(Objects<Object>& objects, Object object) {
  Fit(object);
  const Name name{object.meta.ns, object.meta.name};
  const std::string json = ToJson(object);
  Require(server_.Create(Kind<Object>::kPlural, name.first, json), "create " + json);
  objects[name] = std::move(object);
  NoteState(objects, name);
}

template <class Object>
void RandomCluster::Update(Objects<Object>& objects, Object object) {
  Fit(object);
  const Name name{object.meta.ns, object.meta.name};
  const std::string json = ToJson(object);
  Require(server_.Update(Kind<Object>::kPlural, name.first, json), "update " + json);
  objects[name] = std::move(object);
  NoteState(objects, name);
}

// Records the result of a write: finalizers and grace periods decide whether the object is gone.
template <class Object>
void RandomCluster::NoteState(Objects<Object>& objects, const Name& name) {
  const auto stored = server_.Get(Kind<Object>::kPlural, name.first, name.second);
  if constexpr (std::is_same_v<Object, ModelService>) {
    touched_services_.insert(name);
    if (!stored) {
      deleted_services_.insert(name);
      gone_services_.push_back(name);
    }
  }
  if (stored) {
    objects.at(name).meta.deleting = stored->find("\"deletionTimestamp\"") != std::string::npos;
  } else {
    objects.erase(name);
  }
}

void RandomCluster::RenewMetadata(Metadata& meta) {
  meta.uid = "uid-" + std::to_string(++uids_);
  // Now and then two objects have the same age.
  clock_ += static_cast<int>(dice_.Below(2));
  meta.created = Timestamp(clock_);
  meta.deleting = false;
}

}  // namespace k8sm::test
