// Somebody who edits and deletes the EndpointSlices that our controller writes, and keeps some of their own.

#ifndef K8SM_TEST_INTEGRATION_MODEL_SLICES_MEDDLER_H_
#define K8SM_TEST_INTEGRATION_MODEL_SLICES_MEDDLER_H_

#include "lib/kube/endpoint_slice.h"
#include "test/apiserver/api_server.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/happening.h"

#include <map>
#include <optional>
#include <string>

namespace k8sm::test {

// What is chosen depends on the dice alone; what comes of it, on what is stored at that time.
class SlicesMeddler {
 public:
  // Both have to outlive it.
  SlicesMeddler(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  SlicesMeddler(const SlicesMeddler&) = delete;
  SlicesMeddler& operator=(const SlicesMeddler&) = delete;

  // Writes or deletes one slice, or finds none where it wants to.
  Happening Step();

  // The annotation kNote of slices on which it was put.
  static constexpr const char* kNote = "example.com/note";
  const std::map<Name, std::string>& notes() const { return notes_; }
  void ForgetNote(const Name& slice) { notes_.erase(slice); }

 private:
  std::string Meddle(const Name& service, const Name& other);
  std::string MakeForeign(const Name& service);
  std::string MakeStray(const Name& service);
  std::string Delete(const Name& service);
  std::string Edit(const Name& service, const Name& other);
  std::string Change(kube::EndpointSlice& slice, const Name& other);
  std::string ChangeContent(kube::EndpointSlice& slice);

  std::optional<kube::EndpointSlice> AnySlice(const Name& service);
  void Create(const Name& service, const std::string& slice, const std::string& manager,
              const std::string& address_type);

  apiserver::ApiServer& server_;
  Dice& dice_;
  int count_ = 0;
  std::map<Name, std::string> notes_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_SLICES_MEDDLER_H_
