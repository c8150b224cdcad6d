// Simulates another writer, which edits and deletes the controller's Endpoints and keeps Endpoints of its
// own.

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

// Choices depend on the dice only; their effect depends on what is stored.
class EndpointsMeddler {
 public:
  // The arguments must outlive it.
  EndpointsMeddler(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  EndpointsMeddler(const EndpointsMeddler&) = delete;
  EndpointsMeddler& operator=(const EndpointsMeddler&) = delete;

  // Writes or deletes one object; does nothing if the chosen object does not exist.
  Happening Step();

  // The Endpoints written or deleted since the last Forget(), as left by this writer; nullopt if deleted.
  const std::map<Name, std::optional<std::string>>& endpoints() const { return endpoints_; }
  // The ones of these that were replaced as a whole rather than edited.
  const std::set<Name>& replaced() const { return replaced_; }
  void Forget();

  // The values of the annotation kNote, on Endpoints to which it was added and that were not deleted or
  // replaced here since.
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
