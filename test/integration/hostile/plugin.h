// A credential plugin that is replaced by others, and the kubeconfig that names it.

#ifndef K8SM_TEST_INTEGRATION_HOSTILE_PLUGIN_H_
#define K8SM_TEST_INTEGRATION_HOSTILE_PLUGIN_H_

#include "test/integration/model/dice.h"
#include "test/support/temp_directory.h"

#include <cstdint>
#include <string>

namespace k8sm::test {

class Plugin {
 public:
  // `ca_pem`: the authority of the API server.
  explicit Plugin(const std::string& ca_pem);

  // Writes a kubeconfig whose credentials are the plugin's, and whose proxy is this port of 127.0.0.1.
  std::string WriteKubeconfig(std::uint16_t proxy_port) const;

  // From now on, it prints this token.
  void BeHonest(const std::string& token) const;
  // From now on, it fails, lies or floods. `may_stall`: or never ends.
  void Misbehave(Dice& dice, bool may_stall) const;

 private:
  void Write(const std::string& commands) const;

  TempDirectory directory_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_HOSTILE_PLUGIN_H_
