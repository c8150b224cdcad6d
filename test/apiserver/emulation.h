// What API servers of older Kubernetes versions do differently from 1.36: what they serve, drop and refuse,
// and how they say so.
//
// An older server is the present one behind a translation: of requests, which lose what that version did not
// know, and of answers, which take the shape that they had. Everything that differs stands in one table,
// FeaturesOf() in emulation_features.cc.

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

// A group that discovery names, with its one or two versions, the preferred first.
struct ServedGroup {
  std::string_view name;
  std::string_view version;
  std::string_view other_version = {};
};

struct Features {
  // Kubernetes 1.`minor`.
  int minor = 36;
  // The answer to /version.
  std::string_view version;
  std::span<const ServedGroup> groups;
  // How the list of groups begins.
  std::string_view group_list_head = R"({"kind":"APIGroupList","apiVersion":"v1",)";
  // Those that there are from the start.
  std::span<const std::string_view> namespaces;
  // What a subset without ports comes to.
  enum class PortlessSubsets { kStored, kRefused, kDropped } portless_subsets = PortlessSubsets::kStored;
  // How a watch from too long ago is answered: by an ERROR event with reason Expired, or Gone, or by a 500.
  enum class ExpiredWatch { kExpired, kGone, kInternalError } expired_watch = ExpiredWatch::kExpired;
  // Objects and lists tell their path.
  bool self_links = false;
  // Endpoints tell of subsets even where there are none.
  bool empty_subsets = false;
  // What a delete says of the object's uid or version is not looked at.
  bool unconditional_deletes = false;
  // Watches have no Content-Type.
  bool untyped_watches = false;
  // Statuses are written over several lines.
  bool indented_statuses = false;
  // "endpoints "web" cannot be updated: WHY"
  bool terse_conflicts = false;
  // An unknown path's Status has details, which are empty.
  bool empty_details = false;
  // Events are born with a deletionTimestamp, an hour later.
  bool mortal_events = false;
};

// Whether a group is served in this version: "discovery.k8s.io", "v1".
bool Serves(const Features& features, std::string_view group, std::string_view version);

// Whether such a server stores this member of objects of a kind: "Endpoints", "subsets.addresses.nodeName".
bool Stores(const Features& features, std::string_view kind, std::string_view path);

// Of "1.1", "1.5", "1.20" or "1.36"; nullptr for another version.
const Features* FeaturesOf(std::string_view version);

// A member that objects of a kind have since Kubernetes 1.`since`, or a parameter of a query.
struct Novelty {
  int since = 0;
  std::string_view kind;
  // Dotted, through lists: "subsets.addresses.nodeName".
  std::string_view path;
};
std::span<const Novelty> NewFields();
std::span<const Novelty> NewParameters();

class Emulation {
 public:
  explicit Emulation(const Features& features) : features_(features) {}

  // Whether there is nothing to translate.
  bool idle() const { return features_.minor == 36; }
  const Features& features() const { return features_; }

  // The request as that version understands it, asked of the present server.
  Outcome<Request> Understand(const Request& request) const;
  // The same of an object that is written without a request, and the object's text as that version gives it.
  Outcome<std::string> UnderstandObject(const Resource& resource, std::string_view text) const;
  std::string Show(const Resource& resource, const Object& object) const;
  // What /version, /apis and what else is not about objects is answered with; nothing: as today.
  std::optional<Response> Discover(const Target& target) const;
  // The present server's answer as that version gives it. `target` is that of the request that came,
  // `resource` nullptr outside resources. The emulation has to outlive a watch.
  Response Translate(const Target& target, const Resource* resource, Response response) const;

 private:
  // Where an answer belongs.
  struct Place {
    const Resource* resource = nullptr;
    std::string api_version;  // as it was asked for: "discovery.k8s.io/v1beta1"
    std::string path;
  };

  const ServedGroup* Group(std::string_view name) const;
  std::string GroupList() const;
  Outcome<std::string> UnderstandBody(const Request& request) const;
  std::optional<Status> UnderstandObject(const Resource& resource, JsonDocument& object) const;
  std::optional<Status> UnderstandSubsets(Json& endpoints) const;
  void TranslateWatch(const Place& place, Response& response) const;
  // Of one JSON value without a line end.
  std::string TranslateText(const Place& place, std::string_view text) const;
  void TranslateObject(const Place& place, Json& object, JsonAllocator& allocator) const;
  void TranslateStatus(Json& status, JsonAllocator& allocator) const;

  const Features& features_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_EMULATION_H_
