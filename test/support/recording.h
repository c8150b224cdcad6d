// Loads the recorded exchanges of test/golden/recordings.

#ifndef K8SM_TEST_SUPPORT_RECORDING_H_
#define K8SM_TEST_SUPPORT_RECORDING_H_

#include <string>

namespace k8sm::test {

// A response of a real Kubernetes API server.
struct Recording {
  int status = 0;
  std::string body;
};

// Loads the recording in `name`.json. Throws std::runtime_error if it does not exist.
Recording LoadRecording(const std::string& name);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_RECORDING_H_
