// Properties of a settled cluster that depend on its history since it last settled.

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

// Whether the request is a write of the controller: only the controller writes Endpoints and slices over the
// API.
bool IsWriteOfOurs(const apiserver::RequestRecord& request);

class Memory {
 public:
  // `ns` is the namespace that the controller watches; empty: all. The other arguments must outlive it.
  Memory(apiserver::ApiServer& server, const RandomCluster& cluster, EndpointsMeddler& endpoints_meddler,
         SlicesMeddler& slices_meddler, std::string ns)
      : server_(server),
        cluster_(cluster),
        endpoints_meddler_(endpoints_meddler),
        slices_meddler_(slices_meddler),
        ns_(std::move(ns)) {}

  // Returns the violated properties, as sentences:
  //
  // - Endpoints that the controller does not manage (those of services without a selector, those without a
  //   service unless a controller wrote them, those in other namespaces) are as others left them;
  // - Endpoints of deleted services are deleted if the controller has run all the time (`watched`), except
  //   leader-election records and those that others wrote since;
  // - no request of the controller named a slice that had another manager when the cluster last settled, or
  //   an object in another namespace;
  // - annotations of others on Endpoints and slices are kept.
  std::vector<std::string> Broken(const StoredState& state, bool watched);

  // Records this state as the last settled one.
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
  std::map<Name, Text> left_alone_;  // Endpoints as stored; nullopt if there are none
  std::set<Name> services_;
  std::set<Name> foreign_slices_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_MEMORY_H_
