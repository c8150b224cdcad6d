// What has to hold of a cluster at rest because of what happened since it last was.

#ifndef K8SM_TEST_INTEGRATION_MODEL_MEMORY_H_
#define K8SM_TEST_INTEGRATION_MODEL_MEMORY_H_

#include "test/apiserver/api_server.h"
#include "test/integration/model/endpoints_meddler.h"
#include "test/integration/model/happening.h"
#include "test/integration/model/random_cluster.h"
#include "test/integration/model/slices_meddler.h"
#include "test/integration/model/stored_state.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace k8sm::test {

// Nobody else writes Endpoints and slices by request.
bool IsWriteOfOurs(const apiserver::RequestRecord& request);

class Memory {
 public:
  // `ns`: the one namespace that the controller looks after; empty: all. The others have to outlive it.
  Memory(apiserver::ApiServer& server, const RandomCluster& cluster, EndpointsMeddler& endpoints_meddler,
         SlicesMeddler& slices_meddler, std::string ns)
      : server_(server),
        cluster_(cluster),
        endpoints_meddler_(endpoints_meddler),
        slices_meddler_(slices_meddler),
        ns_(std::move(ns)) {}

  // Each of these that is broken, as a sentence:
  //
  // - Endpoints that are not the controller's business (of services that select no pods, of none at all
  // without
  //   a controller's mark, of other namespaces) are as others have left them;
  // - Endpoints have gone with their service where the controller has `watched` all the time, except
  //   leader-election records and what others put in their place meanwhile;
  // - slices that were somebody else's at the last rest, and what is in other namespaces, no request of the
  //   controller has named;
  // - what others note on Endpoints and slices stays.
  std::vector<std::string> Broken(const StoredState& state, bool watched);

  // The cluster is at rest in this state, and what has happened is over.
  void Remember(const StoredState& state);

 private:
  using Text = std::optional<std::string>;

  Text Stored(const Name& name) const;
  bool IsLeftAlone(const Name& name, const StoredState& state) const;
  void CheckLeftAlone(const StoredState& state, std::vector<std::string>& broken) const;
  void CheckDeleted(const StoredState& state, std::vector<std::string>& broken) const;
  void CheckRequests(std::vector<std::string>& broken) const;
  void CheckNotes(const StoredState& state, std::vector<std::string>& broken);

  apiserver::ApiServer& server_;
  const RandomCluster& cluster_;
  EndpointsMeddler& endpoints_meddler_;
  SlicesMeddler& slices_meddler_;
  const std::string ns_;
  std::map<Name, Text> left_alone_;  // Endpoints, as they are stored; nothing: there are none
  std::set<Name> services_;
  std::set<Name> foreign_slices_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_MEMORY_H_
