// Simulates the rest of a cluster: creates, changes and deletes pods, services and nodes at random.

#ifndef K8SM_TEST_INTEGRATION_MODEL_RANDOM_CLUSTER_H_
#define K8SM_TEST_INTEGRATION_MODEL_RANDOM_CLUSTER_H_

#include "test/apiserver/api_server.h"
#include "test/integration/model/cluster_objects.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/happening.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace k8sm::test {

// The sequence depends on the dice only, not on what a controller does.
class RandomCluster {
 public:
  // The token of its requests, which a server with authentication has to accept.
  static constexpr const char* kToken = "of-cluster";

  // The arguments must outlive it.
  RandomCluster(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  RandomCluster(const RandomCluster&) = delete;
  RandomCluster& operator=(const RandomCluster&) = delete;

  // Creates, changes, deletes or recreates one object and returns what was done: "change pod shop/pod-1:
  // ready True". Throws std::runtime_error if the server refuses it.
  Happening Step();

  // Updates every object in a way that does not affect endpoints.
  void Touch();

  // The services that were created, changed or deleted since the last Forget(), and those of them that were
  // deleted, even if they were recreated.
  const std::set<Name>& touched_services() const { return touched_services_; }
  const std::set<Name>& deleted_services() const { return deleted_services_; }
  void Forget();

 private:
  template <class Object>
  using Objects = std::map<Name, Object>;

  std::string AnyStep();
  template <class Object>
  std::string StepOf(Objects<Object>& objects, const Name& name);
  template <class Object>
  std::string Make(Objects<Object>& objects, const Name& name);
  template <class Object>
  std::string Modify(Objects<Object>& objects, const Name& name);
  template <class Object>
  std::string Remove(Objects<Object>& objects, const Name& name);
  template <class Object>
  std::string Release(Objects<Object>& objects, const Name& name);
  template <class Object>
  std::string Recreate(Objects<Object>& objects, const Name& name);
  std::string RemoveGracefully(const Name& name);

  void Fit(ModelService& service) const;
  template <class Object>
  void Fit(const Object&) const {}
  template <class Object>
  void Create(Objects<Object>& objects, Object object);
  template <class Object>
  void Update(Objects<Object>& objects, Object object);
  template <class Object>
  void NoteState(Objects<Object>& objects, const Name& name);
  void RenewMetadata(Metadata& meta);

  apiserver::ApiServer& server_;
  Dice& dice_;
  Objects<ModelPod> pods_;
  Objects<ModelService> services_;
  Objects<ModelNode> nodes_;
  int uids_ = 0;
  int clock_ = 0;
  int touches_ = 0;
  std::vector<Name> gone_services_;  // deleted in this step
  std::set<Name> touched_services_;
  std::set<Name> deleted_services_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_RANDOM_CLUSTER_H_
