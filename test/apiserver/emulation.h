// The differences of older Kubernetes versions from 1.36: what they serve, drop and refuse, and how they word
// it.
//
// An older server is the current one behind a translation layer: requests lose what the version does not
// know, and responses take the form they had. All differences are in one table, FeaturesOf() in
// emulation_features.cc.

#ifndef K8SM_TEST_APISERVER_EMULATION_H_
#define K8SM_TEST_APISERVER_EMULATION_H_

#include "test/apiserver/http_message.h"
#include "test/apiserver/json.h"
#include "test/apiserver/object.h"
#include "test/apiserver/resource.h"
#include "test/apiserver/status.h"
#include "test/apiserver/target.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

// A group in discovery, with one or two versions, the preferred one first.
struct ServedGroup {
  std::string_view name;
  std::string_view version;
  std::string_view other_version = {};
};

// The behaviour of one version. The flags are differences from 1.36.
struct Features {
  // Kubernetes 1.`minor`.
  int minor = 36;
  // The response body of /version.
  std::string_view version;
  std::span<const ServedGroup> groups;
  // The beginning of the group list.
  std::string_view group_list_head = R"({"kind":"APIGroupList","apiVersion":"v1",)";
  // The namespaces that exist at the start.
  std::span<const std::string_view> namespaces;
  // How a subset without ports is handled.
  enum class PortlessSubsets { kStored, kRefused, kDropped } portless_subsets = PortlessSubsets::kStored;
  // How a watch from a discarded version is answered: an ERROR event with reason Expired or Gone, or a 500.
  enum class ExpiredWatch { kExpired, kGone, kInternalError } expired_watch = ExpiredWatch::kExpired;
  // Objects and lists have metadata.selfLink.
  bool self_links = false;
  // Endpoints have the member "subsets" even if it is empty.
  bool empty_subsets = false;
  // The preconditions of a delete (uid, version) are ignored.
  bool unconditional_deletes = false;
  // Watch responses have no Content-Type.
  bool untyped_watches = false;
  // Statuses are indented over several lines.
  bool indented_statuses = false;
  // Conflicts are worded "endpoints "web" cannot be updated: WHY".
  bool terse_conflicts = false;
  // The Status of an unknown path has empty details.
  bool empty_details = false;
  // Responses are in JSON, whatever the client prefers.
  bool json_only = false;
  // Services cannot be selected by fields.
  bool fieldless_services = false;
  // Events are created with a deletionTimestamp one hour later.
  bool mortal_events = false;
};

// Whether a group is served in this version: "discovery.k8s.io", "v1".
bool Serves(const Features& features, std::string_view group, std::string_view version);

// Whether such a server stores this member of objects of a kind: "Endpoints", "subsets.addresses.nodeName".
bool Stores(const Features& features, std::string_view kind, std::string_view path);

// Returns the features of "1.1", "1.5", "1.20" or "1.36"; nullptr for any other version.
const Features* FeaturesOf(std::string_view version);

// A member of objects of a kind, or a query parameter, that exists since Kubernetes 1.`since`.
struct Novelty {
  int since = 0;
  std::string_view kind;
  // Dotted, passing through lists: "subsets.addresses.nodeName".
  std::string_view path;
};
std::span<const Novelty> NewFields();
std::span<const Novelty> NewParameters();

// Translates requests and responses for one version. `features` must outlive it.
class Emulation {
 public:
  explicit Emulation(const Features& features) : features_(features) {}

  // Whether the version needs no translation.
  bool idle() const { return features_.minor == 36; }
  const Features& features() const { return features_; }

  // Returns the request as the version understands it, for the current server; a Status if it refuses it.
  Outcome<Request> Understand(const Request& request) const;
  // The same for an object that is written without a request, and the object's text as the version returns
  // it.
  Outcome<std::string> UnderstandObject(const Resource& resource, std::string_view text) const;
  std::string Show(const Resource& resource, const Object& object) const;
  // Returns the response to /version, /apis and other paths outside resources; nullopt if it is the same as
  // today.
  std::optional<Response> Discover(const Target& target) const;
  // Translates a response of the current server. `target` is that of the original request, `resource` is
  // nullptr outside resources. The emulation must outlive a watch.
  Response Translate(const Target& target, const Resource* resource, Response response) const;

 private:
  // What a response is about.
  struct Place {
    const Resource* resource = nullptr;
    std::string api_version;  // as requested: "discovery.k8s.io/v1beta1"
    std::string path;
  };

  const ServedGroup* Group(std::string_view name) const;
  std::string GroupList() const;
  Outcome<std::string> UnderstandBody(const Request& request) const;
  std::optional<Status> UnderstandObject(const Resource& resource, JsonDocument& object) const;
  std::optional<Status> UnderstandSubsets(Json& endpoints) const;
  void TranslateWatch(const Place& place, Response& response) const;
  // Translates one JSON value, given without a line end.
  std::string TranslateText(const Place& place, std::string_view text) const;
  void TranslateObject(const Place& place, Json& object, JsonAllocator& allocator) const;
  void TranslateStatus(Json& status, JsonAllocator& allocator) const;

  const Features& features_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_EMULATION_H_
