#include "test/integration/model/memory.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/kube_json/codec.h"

namespace k8sm::test {
namespace {

using kube::Endpoints;
using kube::ObjectKey;
using kube::Symbol;

ObjectKey KeyOf(const Name& name) {
  return {Symbol(name.first), Symbol(name.second)};
}

bool IsLeftover(const std::string& json) {
  return endpoints::IsLeftover(kube_json::Decode<Endpoints>(json).value());
}

}  // namespace

bool IsWriteOfOurs(const apiserver::RequestRecord& request) {
  const bool is_write = request.verb != "get" && request.verb != "list" && request.verb != "watch";
  return is_write && (request.resource == "endpoints" || request.resource == "endpointslices");
}

std::vector<std::string> Memory::Broken(const StoredState& state, bool watched) {
  std::vector<std::string> broken;
  CheckLeftAlone(state, broken);
  if (watched) CheckDeleted(state, broken);
  CheckRequests(broken);
  CheckNotes(state, broken);
  return broken;
}

void Memory::Remember(const StoredState& state) {
  left_alone_.clear();
  services_.clear();
  for (const std::string& ns : kNamespaces) {
    for (const std::string& endpoints : kEndpointsNames) {
      const Name name{ns, endpoints};
      if (IsLeftAlone(name, state)) left_alone_[name] = Stored(name);
    }
  }
  foreign_slices_.clear();
  for (const auto& [key, slice] : state.slices) {
    if (!endpoints::IsOurs(slice)) foreign_slices_.emplace(key.ns.get(), key.name.get());
  }
  for (const auto& [key, service] : state.services) services_.emplace(key.ns.get(), key.name.get());
}

Memory::Text Memory::Stored(const Name& name) const {
  const auto stored = server_.Get("endpoints", name.first, name.second);
  return stored ? Text(*stored) : std::nullopt;
}

bool Memory::IsLeftAlone(const Name& name, const StoredState& state) const {
  if (!ns_.empty() && name.first != ns_) return true;
  const auto service = state.services.find(KeyOf(name));
  if (service != state.services.end()) return !service->second.SelectsPods();
  const auto endpoints = state.endpoints.find(KeyOf(name));
  return endpoints == state.endpoints.end() || !endpoints::IsLeftover(endpoints->second);
}

void Memory::CheckLeftAlone(const StoredState& state, std::vector<std::string>& broken) const {
  for (const auto& [name, before] : left_alone_) {
    const bool is_ours = ns_.empty() || name.first == ns_;
    if (is_ours && cluster_.touched_services().contains(name)) continue;
    const auto meddled = endpoints_meddler_.endpoints().find(name);
    const Text& expected = meddled != endpoints_meddler_.endpoints().end() ? meddled->second : before;
    const bool has_service = state.services.contains(KeyOf(name));
    // Marked as a controller's, they have become leftovers.
    if (is_ours && !has_service && expected && IsLeftover(*expected)) continue;
    const Text stored = Stored(name);
    if (stored == expected) continue;
    // The API server deletes a service's Endpoints along with it.
    if (!stored && cluster_.deleted_services().contains(name)) continue;
    broken.push_back("endpoints " + ToText(name) + " were not left alone\n  left as: " +
                     expected.value_or("nothing") + "\n  stored:  " + stored.value_or("nothing"));
  }
}

void Memory::CheckDeleted(const StoredState& state, std::vector<std::string>& broken) const {
  for (const auto& [key, endpoints] : state.endpoints) {
    const Name name{key.ns.get(), key.name.get()};
    const bool went = services_.contains(name) && cluster_.deleted_services().contains(name) &&
                      !state.services.contains(key);
    if (!went || endpoints_meddler_.replaced().contains(name) || !endpoints::GoesWithItsService(endpoints))
      continue;
    broken.push_back("endpoints " + ToText(name) + " are still there, though their service was deleted");
  }
}

void Memory::CheckRequests(std::vector<std::string>& broken) const {
  for (const apiserver::RequestRecord& request : server_.requests().records()) {
    if (!IsWriteOfOurs(request)) continue;
    const bool is_foreign =
        request.resource == "endpointslices" && foreign_slices_.contains({request.ns, request.name});
    if (!is_foreign && (ns_.empty() || request.ns == ns_)) continue;
    broken.push_back("the controller has tried to write somebody else's " + request.resource + " " +
                     request.ns + "/" + request.name);
  }
}

void Memory::CheckNotes(const StoredState& state, std::vector<std::string>& broken) {
  const auto check = [&](const std::string& what, const auto& objects, auto& meddler,
                         bool gone_with_service) {
    const std::map<Name, std::string> notes = meddler.notes();
    for (const auto& [name, note] : notes) {
      if (!ns_.empty() && name.first != ns_) continue;
      const auto object = objects.find(KeyOf(name));
      if (object == objects.end() || (gone_with_service && cluster_.deleted_services().contains(name))) {
        meddler.ForgetNote(name);
        continue;
      }
      const kube::Symbol* stored = object->second.meta.annotations.Find(meddler.kNote);
      if (stored == nullptr || *stored != note)
        broken.push_back(what + " " + ToText(name) + " have lost the note " + note);
    }
  };
  check("endpoints", state.endpoints, endpoints_meddler_, true);
  check("slice", state.slices, slices_meddler_, false);
}

}  // namespace k8sm::test
