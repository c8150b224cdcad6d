// Somebody who edits and deletes the Endpoints that our controller writes, and keeps some of their own.

#ifndef K8SM_TEST_INTEGRATION_MODEL_ENDPOINTS_MEDDLER_H_
#define K8SM_TEST_INTEGRATION_MODEL_ENDPOINTS_MEDDLER_H_

#include "lib/kube/endpoints.h"
#include "test/apiserver/api_server.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/happening.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace k8sm::test {

// What is chosen depends on the dice alone; what comes of it, on what is stored at that time.
class EndpointsMeddler {
 public:
  // Both have to outlive it.
  EndpointsMeddler(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  EndpointsMeddler(const EndpointsMeddler&) = delete;
  EndpointsMeddler& operator=(const EndpointsMeddler&) = delete;

  // Writes or deletes one object, or finds none where it wants to.
  Happening Step();

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
  std::string Meddle(const Name& name);
  std::string Replace(const Name& name, const std::string& what, const std::string& metadata);
  std::string Delete(const Name& name);
  std::string Edit(const Name& name);
  std::string Change(kube::Endpoints& endpoints);

  apiserver::ApiServer& server_;
  Dice& dice_;
  int count_ = 0;
  std::map<Name, std::optional<std::string>> endpoints_;
  std::set<Name> replaced_;
  std::map<Name, std::string> notes_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_ENDPOINTS_MEDDLER_H_
