// Decodes Content-Encoding: gzip.

#ifndef K8SM_LIB_CLIENT_MESSAGE_GUNZIP_H_
#define K8SM_LIB_CLIENT_MESSAGE_GUNZIP_H_

#include "lib/base/error.h"

#include <memory>
#include <string_view>

namespace k8sm::client {

// Decompresses a body incrementally in constant memory. For each piece call Feed(), then Next() until it
// returns an empty view. At the end of the body call End().
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();

  // Sets the next input, which must stay valid until Next() returns an empty view. REQUIRES: Next() has
  // returned an empty view since the last Feed().
  void Feed(std::string_view bytes);

  // Returns up to 32 KiB of output, valid until the next call; empty if all input has been consumed. Fails
  // with kMalformed if the input is not gzip.
  Result<std::string_view> Next();

  // Fails with kMalformed if the body is truncated. An empty body is valid.
  Result<void> End() const;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_MESSAGE_GUNZIP_H_
