// Simulates another writer, which edits and deletes the controller's EndpointSlices and keeps slices of its
// own.

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

// Choices depend on the dice only; their effect depends on what is stored.
class SlicesMeddler {
 public:
  // The arguments must outlive it.
  SlicesMeddler(apiserver::ApiServer& server, Dice& dice) : server_(server), dice_(dice) {}
  SlicesMeddler(const SlicesMeddler&) = delete;
  SlicesMeddler& operator=(const SlicesMeddler&) = delete;

  // Writes or deletes one slice; does nothing if the chosen slice does not exist.
  Happening Step();

  // The values of the annotation kNote, on slices to which it was added.
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
