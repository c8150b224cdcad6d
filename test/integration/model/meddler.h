// Somebody who edits and deletes what our controller writes, and keeps Endpoints of their own.

#ifndef K8SM_TEST_INTEGRATION_MODEL_MEDDLER_H_
#define K8SM_TEST_INTEGRATION_MODEL_MEDDLER_H_

#include "lib/kube/endpoints.h"
#include "test/apiserver/api_server.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/random_cluster.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace k8sm::test {

// Those that are meddled with: of all services, and of none.
inline const std::vector<std::string> kEndpointsNames = {"alone", "api", "db", "dns", "web"};

// What is chosen depends on the dice alone; what comes of it, on what is stored at that time.
class Meddler {
 public:
  // Both have to outlive it.
  Meddler(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  Meddler(const Meddler&) = delete;
  Meddler& operator=(const Meddler&) = delete;

  // Writes or deletes one object and returns what was tried: "meddle with endpoints shop/web: emptied".
  std::string Step();

  // The Endpoints that were written or deleted since the last Forget(), as they were left; nothing: deleted.
  const std::map<Name, std::optional<std::string>>& endpoints() const { return endpoints_; }
  // Those of them that were written as a whole, not just edited.
  const std::set<Name>& replaced() const { return replaced_; }
  void Forget();

  // The annotation kNote of Endpoints on which it was put and that were neither deleted nor replaced by us.
  static constexpr const char* kNote = "example.com/note";
  const std::map<Name, std::string>& notes() const { return notes_; }
  void ForgetNote(const Name& name) { notes_.erase(name); }

 private:
  std::string ReplaceEndpoints(const Name& name, const std::string& what, const std::string& metadata);
  std::string DeleteEndpoints(const Name& name);
  std::string EditEndpoints(const Name& name);
  std::string Edit(kube::Endpoints& endpoints);

  apiserver::ApiServer& server_;
  Dice& dice_;
  int count_ = 0;
  std::map<Name, std::optional<std::string>> endpoints_;
  std::set<Name> replaced_;
  std::map<Name, std::string> notes_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_MEDDLER_H_
